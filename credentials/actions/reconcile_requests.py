"""Having all awards compared with their rules at once, when somebody asks for it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F

from credentials import nudges
from credentials.models import ReconcileRequest
from lib.nudges import after_commit


@transaction.atomic
def request_reconciling(*, at: datetime.datetime) -> None:
    """Write the row that says it is due. Whoever asks while it waits asks for the same."""
    if not ReconcileRequest.objects.waiting(at=at).exists():
        ReconcileRequest.objects.all().delete()
        ReconcileRequest.objects.create(requested_at=at)
    after_commit(nudges.RECONCILE)


def take_reconcile_request(*, at: datetime.datetime) -> bool:
    """Whether it is asked for, and nobody else is at it. ``reconcile`` answers.

    One that a worker took and did not finish is due again after a while, three times at most.
    """
    due = ReconcileRequest.objects.due(at=at)
    return bool(due.update(taken_at=at, tries=F("tries") + 1))
