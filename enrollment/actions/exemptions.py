"""Asking to be let into a course without its prerequisites."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Course
from enrollment.models import Exemption
from enrollment.signals import exemption_decided


def ask_exemption(
    *, learner: User, course: Course, reason: str, at: datetime.datetime
) -> Exemption:
    """Asking again while the first is open or granted returns that one."""
    open_one = Exemption.objects.filter(
        learner=learner, course=course, status__in=["asked", "granted"]
    )
    try:
        with transaction.atomic():
            return open_one.first() or Exemption.objects.create(
                learner=learner, course=course, reason=reason, asked_at=at
            )
    except IntegrityError:
        return open_one.get()


@transaction.atomic
def decide_exemption(
    *, exemption: Exemption, is_granted: bool, by: User, answer: str, at: datetime.datetime
) -> bool:
    """Whether it was this decision that counts: the first one does."""
    status = Exemption.Status.GRANTED if is_granted else Exemption.Status.REFUSED
    decided = Exemption.objects.filter(pk=exemption.pk, status=Exemption.Status.ASKED).update(
        status=status, decided_at=at, decided_by=by, answer=answer
    )
    exemption.refresh_from_db()
    if decided:
        exemption_decided.send(sender=Exemption, exemption=exemption)
    return bool(decided)
