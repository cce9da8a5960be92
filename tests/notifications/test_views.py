from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from notifications import actions, links
from notifications.models import Delivery, Kind, Message
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


def test_the_inbox_shows_the_unread_first(signed_in, tell, learner):
    old, new = tell(context={"course": "Old"}), tell(context={"course": "New"})
    actions.mark_read(message=new, at=TUESDAY)

    shown = list(signed_in.get("/inbox/").context["page"])

    assert shown == [old, new]


def test_the_inbox_takes_few_queries(signed_in, tell, django_assert_max_num_queries):
    for _ in range(10):
        tell()

    with django_assert_max_num_queries(6):
        signed_in.get("/inbox/")


def test_an_inbox_has_pages(signed_in, tell):
    for _ in range(26):
        tell()

    assert len(signed_in.get("/inbox/?page=2").context["page"]) == 1


def test_opening_a_message_marks_it_as_read(signed_in, tell):
    message = tell(link="/learning/")

    text = signed_in.get(message.get_absolute_url()).text

    message.refresh_from_db()
    assert message.read_at is not None
    assert 'href="/learning/"' in text


def test_looking_without_opening_does_not(signed_in, tell):
    message = tell()

    signed_in.head(message.get_absolute_url())

    assert Message.objects.unread().exists()


def test_a_message_is_shown_as_text(signed_in, tell):
    said = {"course": "Maps", "sender": "Grace", "body": "<script>x</script> https://example.org/"}

    text = signed_in.get(tell("cohort", context=said).get_absolute_url()).text

    assert "<script>x" not in text
    assert 'href="https://example.org/" rel="nofollow"' in text


def test_another_s_message_does_not_exist(signed_in, tell):
    message = tell(to=UserFactory())

    assert signed_in.get(message.get_absolute_url()).status_code == 404
    assert Message.objects.unread().exists()


def test_all_are_marked_as_read_but_not_another_s(signed_in, tell):
    tell()
    other = tell(to=UserFactory())

    signed_in.post("/inbox/read/")

    assert list(Message.objects.unread()) == [other]


def test_every_page_says_how_many_are_unread(signed_in, tell):
    assert "unread" not in signed_in.get("/courses/").text
    tell()
    tell()

    assert '2<span class="visually-hidden"> unread messages' in signed_in.get("/courses/").text


def test_visitors_have_no_inbox(client):
    assert "Inbox" not in client.get("/account/login/").text


def test_choices_are_kept(signed_in, learner):
    page = signed_in.get("/inbox/settings/")
    chosen = dict.fromkeys(page.context["form"].fields, Delivery.NOW) | {"graded": "digest"}

    response = signed_in.post("/inbox/settings/", chosen)

    assert response.url == "/inbox/settings/"
    assert learner.message_preferences.get(kind="graded").delivery == Delivery.DIGEST
    assert signed_in.get("/inbox/settings/").context["form"]["graded"].initial == "digest"


def test_what_is_essential_is_not_asked_for(signed_in):
    page = signed_in.get("/inbox/settings/")

    assert set(page.context["form"].fields) == set(Kind) - {"seat_offered", "request_decided"}
    assert "A seat is free for you" in page.text


def test_a_choice_that_there_is_not_is_refused(signed_in, learner):
    response = signed_in.post("/inbox/settings/", {"graded": "pigeon"})

    assert response.context["form"].errors["graded"]
    assert not learner.message_preferences.exists()


def unsubscribe_link(tell, kind: str = "completed") -> str:
    tell(kind)
    actions.send_due(at=TUESDAY)
    return mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")


def test_one_click_in_a_mail_program_stops_the_kind(tell, learner):
    link = unsubscribe_link(tell)

    response = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert "This mail has stopped" in response.text
    assert learner.message_preferences.get().delivery == Delivery.NONE


def test_it_stops_what_waits_as_well(tell, client):
    link = unsubscribe_link(tell)
    tell()

    client.post(link)

    assert actions.send_due(at=TUESDAY) == 0


def test_following_the_link_changes_nothing_and_asks(tell, client, learner):
    response = client.get(unsubscribe_link(tell))

    assert "You completed a course" in response.text
    assert not learner.message_preferences.exists()


@pytest.mark.parametrize("token", ["x", "a:b", "é", "..:", "%F0%9F%AA%A8", "x" * 3000])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_token_is_not_found(method, token, client, db):
    response = getattr(client, method)(f"/unsubscribe/{token}/")

    assert response.status_code == 404
    assert "This link does not work" in response.text


@pytest.mark.parametrize("what", ["seat_offered", "gossip", ""])
def test_a_token_of_what_cannot_be_stopped_is_not_found(what, client, learner):
    token = links.token(user=learner, what=what)

    assert client.post(f"/unsubscribe/{token}/").status_code == 404


def test_a_token_of_somebody_who_is_gone_is_not_found(client):
    token = links.token(user=User(email="gone@example.org"), what="graded")

    assert client.post(f"/unsubscribe/{token}/").status_code == 404


def test_superusers_see_who_was_told_but_not_what(admin_client, tell):
    message = tell(context={"course": "Something private"})

    for page in ("", f"{message.pk}/change/"):
        text = admin_client.get(f"/admin/notifications/message/{page}").text
        assert "ada" in text.lower()
        assert "Something private" not in text
