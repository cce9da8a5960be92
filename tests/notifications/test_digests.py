from __future__ import annotations

import datetime

import pytest
from django.core import mail

from notifications import actions, links
from notifications.actions.delivery import CLAIM, FIRST_RETRY
from notifications.models import Delivery, Message
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db

SEVEN = datetime.datetime(2026, 3, 4, 7, tzinfo=datetime.UTC)


@pytest.fixture
def daily(learner):
    actions.choose(user=learner, deliveries={"completed": Delivery.DIGEST})
    return learner


def test_a_day_comes_in_one_mail(daily, tell):
    tell(context={"course": "Maps"})
    tell(context={"course": "Stones"})

    assert actions.send_due_digests(at=SEVEN) == 1

    (sent,) = mail.outbox
    assert sent.subject == "2 new messages on Cairn"
    assert sent.body.index("You completed Maps") < sent.body.index("You completed Stones")
    assert set(Message.objects.values_list("sent_at", flat=True)) == {SEVEN}


def test_nothing_of_it_is_mailed_before_or_again(daily, tell):
    tell()

    assert actions.send_due_digests(at=TUESDAY) == actions.send_due(at=SEVEN) == 0
    assert actions.send_due_digests(at=SEVEN) == 1
    assert actions.send_due_digests(at=SEVEN + datetime.timedelta(days=1)) == 0


def test_everybody_gets_their_own(daily, tell):
    other = UserFactory(email="grace@example.org", language="de")
    actions.choose(user=other, deliveries={"completed": Delivery.DIGEST})
    tell()
    tell(to=other)

    assert actions.send_due_digests(at=SEVEN) == 2
    assert {one.to[0]: one.subject for one in mail.outbox} == {
        "ada@example.org": "One new message on Cairn",
        "grace@example.org": "Eine neue Nachricht auf Cairn",
    }


def test_a_refused_digest_is_tried_again(daily, tell, refused):
    refused.add("ada@example.org")
    tell()
    actions.send_due_digests(at=SEVEN)
    refused.clear()

    assert actions.send_due_digests(at=SEVEN) == 0
    assert actions.send_due_digests(at=SEVEN + FIRST_RETRY) == 1
    assert len(mail.outbox) == 1


def test_a_digest_sent_again_after_a_crash_has_the_same_name(daily, tell, monkeypatch):
    tell()
    with monkeypatch.context() as patch:
        # Killed between the server's word and ours.
        patch.setattr("notifications.actions.delivery.Parcel.rows", None)
        with pytest.raises(AttributeError):
            actions.send_due_digests(at=SEVEN)

    actions.send_due_digests(at=SEVEN + CLAIM)

    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_its_one_click_stops_all_that_comes_daily_and_what_waits(daily, tell, client):
    tell()

    client.post(links.unsubscribe_url(user=daily, what=links.DIGEST))

    assert actions.send_due_digests(at=SEVEN) == 0
    assert daily.message_preferences.get().delivery == Delivery.NONE
