"""Holders are told before a credential expires."""

from __future__ import annotations

import datetime

import pytest

from credentials import tasks
from credentials.models import Award
from credentials.reminding import remind
from tests.factories import TUESDAY, EnrollmentFactory, complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    """Decided now, and expires in a year."""
    complete(enrollment=EnrollmentFactory(), at=TUESDAY)
    tasks.judge()
    award = Award.objects.get()
    Award.objects.update(expires_at=award.decided_at + datetime.timedelta(days=365))
    award.refresh_from_db()
    return award


def told(award: Award, *days_before: float) -> list[str]:
    for days in days_before:
        remind(at=award.expires_at - datetime.timedelta(days=days))
    messages = award.learner.messages.filter(kind="credential_expiring").order_by("pk")
    return [message.key.split(":")[-1] for message in messages]


def test_the_holder_is_told_once_at_each_distance(award):
    assert told(award, 91, 90, 89, 31, 30, 29, 8, 7, 6, 1) == ["90", "30", "7"]


def test_who_is_told_late_is_told_of_the_last_alone(award):
    assert told(award, 5) == ["7"]


def test_nobody_is_told_of_what_has_expired(award):
    assert told(award, 0, -1) == []


def test_nobody_is_told_of_what_was_revoked(award):
    Award.objects.update(
        revoked_at=TUESDAY, revocation_reason="A mistake.", revocation_cause="decision"
    )

    assert told(award, 5) == []


def test_whose_account_is_switched_off_is_not_told(award):
    award.learner.is_active = False
    award.learner.save()

    assert told(award, 5) == []
