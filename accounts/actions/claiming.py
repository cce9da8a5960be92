"""What exports and erasures share: one row is claimed, worked on, and put off when that fails."""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.db import models, transaction
from django.db.models import F

M = TypeVar("M", bound=models.Model)

CLAIM = datetime.timedelta(minutes=15)
FIRST_RETRY = datetime.timedelta(minutes=1)
LAST_RETRY = datetime.timedelta(hours=6)


@transaction.atomic
def claim_one(due: models.QuerySet[M], *, at: datetime.datetime) -> M | None:
    """The oldest due row, kept from other workers for a while. A kill lets the claim run out."""
    row = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").first()
    if row is not None:
        type(row)._default_manager.filter(pk=row.pk).update(due_at=at + CLAIM)
    return row


def put_off(row: M, *, failures: int, at: datetime.datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(failures, 10), LAST_RETRY)
    type(row)._default_manager.filter(pk=row.pk).update(
        failures=F("failures") + 1, due_at=at + wait
    )
