"""What can go wrong with a mail server, and messages to go wrong with."""

from __future__ import annotations

import itertools
import smtplib

import pytest
from django.core.mail.backends.locmem import EmailBackend

from notifications import actions
from notifications.models import Message
from tests.factories import TUESDAY


@pytest.fixture
def tell(learner):
    """Tells the learner something, and returns the message."""
    numbers = itertools.count(1)

    def tell(kind: str = "completed", *, to=learner, **fields) -> Message:
        key = fields.pop("key", f"{kind}:{next(numbers)}")
        given = {"context": {"course": "Maps"}, "at": TUESDAY} | fields
        actions.notify(recipient=to, kind=kind, key=key, **given)
        return Message.objects.get(key=key)

    return tell


class Refused(smtplib.SMTPRecipientsRefused):
    def __init__(self) -> None:
        super().__init__({"ada@example.org": (550, b"No such user ada@example.org")})


@pytest.fixture
def refused(monkeypatch):
    """Addresses that the mail server refuses."""
    addresses: set[str] = set()
    send = EmailBackend.send_messages

    def send_messages(self, messages):
        if addresses.intersection(*(one.to for one in messages)):
            raise Refused
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return addresses
