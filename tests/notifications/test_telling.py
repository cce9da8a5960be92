from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from notifications import actions
from notifications.models import ESSENTIAL, Delivery, Kind, Message, Preference
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "course": "Maps & <b>more</b>",
    "run": "Spring 2026",
    "place": 3,
    "until": TUESDAY,
    "name": "Map reader",
    "decision": "approved",
    "reason": "You know it already.",
    "days": 14,
    "starts": TUESDAY.date(),
    "sender": "Grace Hopper",
    "body": "See you\n\n\non Monday.",
    "is_to_all": True,
    "grade": "87.5 %",
    "organization": "Harbor Institute",
}


def test_the_same_key_is_told_once(tell):
    tell(key="completed:1", context={"course": "Maps"})

    message = tell(key="completed:1", context={"course": "Other maps"})

    assert Message.objects.count() == 1
    assert "Maps" in message.subject


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_words(kind, tell):
    message = tell(kind, context=EVERYTHING)

    assert message.subject
    assert len(message.text) > 40
    about = (
        *("Maps & <b>more</b>", "Map reader", "Harbor Institute"),
        "All that this site holds about you",
    )
    assert any(words in message.text for words in about)


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_needs_more_than_its_course(kind, tell):
    assert "None" not in tell(kind, context={"course": "Maps", "days": 1}).text


def test_no_words_are_left_of_a_kind_that_is_gone():
    folder = settings.BASE_DIR / "templates/notifications"
    kinds = {path.stem.removesuffix("_subject") for path in folder.glob("[!_]*.txt")}

    assert kinds == {*Kind, "mail", "digest"}


def test_a_line_end_in_a_title_stays_out_of_the_subject(tell):
    message = tell(context={"course": "Maps\nBcc: everybody@example.org"})

    assert message.subject == "You completed Maps Bcc: everybody@example.org"


def test_a_long_title_is_cut(tell):
    assert len(tell(context={"course": "x" * 500}).subject) == 200


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("", "is kept for you until 3 March 2026, 09:00 (UTC)"),
        ("de", "wird für Sie bis 3. März 2026 09:00 (UTC) freigehalten"),
        ("es", "hasta 3 de marzo de 2026 a las 09:00 (UTC)"),
        ("tlh", "is kept for you until 3 March 2026, 09:00 (UTC)"),
    ],
)
def test_messages_speak_the_language_of_their_reader(language, text, tell, learner):
    learner.language = language

    assert text in tell("seat_offered", context={"course": "Maps", "until": TUESDAY}).text


def test_many_are_told_in_their_own_languages_and_once(django_assert_num_queries):
    people = [UserFactory(), UserFactory(language="de"), UserFactory()]
    told = {"recipients": people, "kind": "cohort", "key": "cohort:1", "context": EVERYTHING}

    with django_assert_num_queries(2):
        actions.notify_many(**told, at=TUESDAY)
    actions.notify_many(**told, at=TUESDAY)

    assert Message.objects.count() == 3
    assert "schreibt an alle" in people[1].messages.get().text
    assert people[2].messages.get().key == f"cohort:1:{people[2].public_id}"


def test_telling_wakes_a_worker(tell, django_capture_on_commit_callbacks, sent):
    with django_capture_on_commit_callbacks(execute=True):
        tell()

    assert sent == ["notifications.tasks.send"]


@pytest.mark.parametrize("delivery", [Delivery.DIGEST, Delivery.NONE])
def test_what_is_not_to_be_mailed_now_wakes_nobody(
    delivery, tell, learner, django_capture_on_commit_callbacks, sent
):
    actions.choose(user=learner, deliveries={"completed": delivery})

    with django_capture_on_commit_callbacks(execute=True):
        tell()

    assert sent == []


@pytest.mark.parametrize(
    ("hour", "day"), [(6, 3), (7, 4), (23, 4)], ids=["before seven", "at seven", "at night"]
)
def test_what_comes_once_a_day_waits_for_seven(hour, day, tell, learner):
    actions.choose(user=learner, deliveries={"completed": Delivery.DIGEST})

    message = tell(at=TUESDAY.replace(hour=hour))

    assert message.due_at == datetime.datetime(2026, 3, day, 7, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "fields",
    [{"key": ""}, {"link": "https://evil.example/"}, {"link": "//evil.example/"}, {"kind": "?"}],
    ids=["no key", "elsewhere", "elsewhere in short", "unknown kind"],
)
def test_a_mistake_of_the_caller_is_not_swallowed(fields, learner):
    told = {"kind": "completed", "key": "k", "context": {}, "at": TUESDAY} | fields

    with pytest.raises(ValueError, match=r"A message|not a valid Kind"):
        actions.notify(recipient=learner, **told)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("message_kind_known", {"kind": "gossip"}),
        ("message_has_key_and_subject", {"key": ""}),
        ("message_has_key_and_subject", {"subject": ""}),
        ("message_link_stays_on_the_site", {"link": "//evil.example"}),
        ("message_due_unless_kept_here", {"due_at": None}),
        ("message_due_unless_kept_here", {"delivery": "none"}),
        ("message_due_unless_kept_here", {"delivery": "pigeon"}),
    ],
)
def test_the_database_keeps_messages_whole(name, fields, tell):
    message = tell()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        *(("preference_of_a_kind_that_can_be_switched_off", {"kind": kind}) for kind in ESSENTIAL),
        ("preference_delivery_known", {"delivery": "pigeon"}),
        ("preference_once_per_kind|UNIQUE", {}),
    ],
)
def test_the_database_keeps_preferences_whole(name, fields, learner):
    kept = {"user": learner, "kind": "graded", "delivery": "none"}
    if not fields:
        Preference.objects.create(**kept)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Preference.objects.create(**kept | fields)
