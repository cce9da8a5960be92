"""The switch that stops issuing, and lets it go on."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Achievement
from credentials import nudges
from credentials.actions.revoke import ReasonMissing
from credentials.models import Halt
from lib.nudges import after_commit


class AlreadyHalted(Exception):
    pass


def halt(*, achievement: Achievement | None, by: User, reason: str, at: datetime.datetime) -> Halt:
    """Issue no credential of this achievement, or none at all, from now on.

    A batch that is being signed at this moment, of a few hundred, is the last.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: whoever waits, and whoever may lift it, reads it.")
    try:
        with transaction.atomic():
            return Halt.objects.create(achievement=achievement, by=by, reason=reason, at=at)
    except IntegrityError as error:
        raise AlreadyHalted(achievement) from error


@transaction.atomic
def lift(*, halt: Halt, by: User, at: datetime.datetime) -> bool:
    """Issue again, what has waited first. Returns whether it was still in force."""
    was_in_force = Halt.objects.in_force().filter(pk=halt.pk).update(lifted_at=at, lifted_by=by)
    after_commit(nudges.ISSUE)
    return bool(was_in_force)
