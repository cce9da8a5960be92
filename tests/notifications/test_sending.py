from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from notifications import actions, tasks
from notifications.actions import delivery
from notifications.actions.delivery import CLAIM, FIRST_RETRY, LAST_RETRY, MOST_FAILURES, OUTAGE
from notifications.models import Delivery, Message
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


def send(*, at: datetime.datetime = TUESDAY) -> list[str]:
    """Drains what is due and returns who got a mail."""
    mail.outbox.clear()
    while actions.send_due(at=at):
        pass
    return [one.to[0] for one in mail.outbox]


def test_a_message_is_mailed_once(tell):
    tell()

    assert send() == ["ada@example.org"]
    assert send(at=TUESDAY + datetime.timedelta(days=30)) == []
    assert Message.objects.get().sent_at == TUESDAY


def test_the_mail_says_what_and_where(tell):
    message = tell("graded", context={"course": "Maps & more", "grade": 9}, link="/learning/")
    send()

    (sent,) = mail.outbox
    assert sent.subject == "Your work in Maps & more was graded"
    assert "“Maps & more” was graded: 9" in sent.body
    assert "\nhttp://localhost:8000/learning/\n" in sent.body
    assert f"http://localhost:8000/inbox/{message.public_id}/" in sent.body
    assert "http://localhost:8000/inbox/settings/" in sent.body


def test_the_headers_name_the_message_and_how_to_stop(tell):
    message = tell()
    send()

    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == f"<{message.public_id}@localhost>"
    assert headers["List-Unsubscribe"].startswith("<http://localhost:8000/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("kind", ["seat_offered", "request_decided"])
def test_what_is_essential_cannot_be_stopped(kind, tell):
    tell(kind)
    send()

    assert "List-Unsubscribe" not in mail.outbox[0].message()


def test_the_foot_of_a_mail_speaks_its_reader_s_language(tell, learner):
    learner.language = "de"
    learner.save()
    tell()
    send()

    assert "Diese Nachricht in Ihrem Posteingang:" in mail.outbox[0].body


def test_what_is_only_for_the_inbox_is_not_mailed(tell, learner):
    actions.choose(user=learner, deliveries={"completed": Delivery.NONE})
    tell()

    assert send() == []


def test_an_account_that_is_switched_off_gets_no_mail_now_or_later(tell, learner):
    tell()
    learner.is_active = False
    learner.save()
    assert send() == []

    learner.is_active = True
    learner.save()
    assert send(at=TUESDAY + datetime.timedelta(days=1)) == []


def test_a_second_worker_finds_nothing_of_what_the_first_one_sends(tell, monkeypatch):
    tell()
    tell()
    found_by_others = []
    plain = EmailBackend.send_messages

    def send_messages(self, messages):
        monkeypatch.setattr(EmailBackend, "send_messages", plain)
        found_by_others.append(actions.send_due(at=TUESDAY))
        return plain(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    assert send() == ["ada@example.org"] * 2
    assert found_by_others == [0]


def test_what_a_killed_worker_left_is_sent_when_its_claim_ends_and_nothing_twice(tell, monkeypatch):
    first, second = tell(), tell()

    with monkeypatch.context() as patch:
        plain = EmailBackend.send_messages

        def send_messages(self, messages):
            if mail.outbox:
                raise KeyboardInterrupt
            return plain(self, messages)

        patch.setattr(EmailBackend, "send_messages", send_messages)
        with pytest.raises(KeyboardInterrupt):
            send()

    first.refresh_from_db()
    assert first.sent_at == TUESDAY
    assert send() == []
    assert send(at=TUESDAY + CLAIM) == ["ada@example.org"]
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{second.public_id}@localhost>"


def test_a_slow_server_does_not_outlast_the_claim(tell, monkeypatch):
    tell()
    tell()
    minutes = iter([0, 1, 6 * 60])
    monkeypatch.setattr(delivery.time, "monotonic", lambda: next(minutes))

    assert actions.send_due(at=TUESDAY) == 2
    assert len(mail.outbox) == 1


def test_a_refused_mail_waits_longer_each_time_and_holds_up_nobody(tell, refused):
    refused.add("ada@example.org")
    message = tell()
    tell(to=UserFactory(email="grace@example.org"))

    assert send() == ["grace@example.org"]

    message.refresh_from_db()
    assert message.due_at == TUESDAY + FIRST_RETRY
    assert send(at=message.due_at) == []
    message.refresh_from_db()
    assert message.due_at == TUESDAY + FIRST_RETRY + 2 * FIRST_RETRY
    refused.clear()
    assert send(at=message.due_at) == ["ada@example.org"]


def test_a_failure_is_kept_without_addresses(tell, refused):
    refused.add("ada@example.org")
    tell()
    send()

    assert Message.objects.get().last_failure == "Refused 550"


def test_waiting_is_a_matter_of_hours(tell, refused):
    refused.add("ada@example.org")
    tell()
    Message.objects.update(failures=20)
    send()

    assert Message.objects.get().due_at == TUESDAY + LAST_RETRY


def test_after_days_a_message_stays_in_the_inbox_alone(tell, refused):
    refused.add("ada@example.org")
    tell()
    Message.objects.update(failures=MOST_FAILURES - 1)
    send()

    message = Message.objects.get()
    assert (message.delivery, message.due_at, message.sent_at) == (Delivery.NONE, None, None)


def test_a_server_out_of_reach_loses_nothing_and_is_asked_once(tell, monkeypatch):
    tell()
    tell()
    asked = []

    def refuse(self):
        asked.append(self)
        raise ConnectionRefusedError(111, "Connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "open", refuse)
        patch.setattr(delivery, "BATCH", 1)
        assert send() == []

    assert len(asked) == 1
    assert set(Message.objects.values_list("failures", "last_failure")) == {
        (0, "ConnectionRefusedError 111")
    }
    assert send(at=TUESDAY + OUTAGE) == ["ada@example.org"] * 2


def test_a_long_queue_is_left_to_the_next_task(tell, monkeypatch, sent):
    monkeypatch.setattr(delivery, "BATCH", 1)
    tell()
    tell()

    tasks.send()

    assert len(mail.outbox) == 1
    assert sent == ["notifications.tasks.send"]


def test_the_sweep_finds_what_no_nudge_told_of(tell):
    tell()

    tasks.sweep()

    assert len(mail.outbox) == 1


def test_the_sweep_is_cheap_when_nothing_is_due(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        tasks.sweep()
