"""Working through the units: open, finish, and how long that took."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F

from catalog.models import Unit
from enrollment.actions.completing import complete_if_due
from enrollment.models import Enrollment, UnitProgress

MOST_SECONDS = 60
"""What one report of time can say: the page reports twice a minute while it is looked at."""


class NotActive(Exception):
    """The enrollment is waitlisted, withdrawn or failed: nothing can be learned in it."""


def open_unit(*, enrollment: Enrollment, unit: Unit, at: datetime.datetime) -> None:
    """Remember that the learner has been here; only the first time counts."""
    UnitProgress.objects.bulk_create(
        [UnitProgress(enrollment=enrollment, unit=unit, opened_at=at)], ignore_conflicts=True
    )


@transaction.atomic
def finish_unit(*, enrollment: Enrollment, unit: Unit, at: datetime.datetime) -> None:
    """Mark a unit as done, and complete the course with the last one. Repeating is harmless."""
    enrollment = locked_for_learning(enrollment)
    open_unit(enrollment=enrollment, unit=unit, at=at)
    enrollment.progress.filter(unit=unit, completed_at=None).update(completed_at=at)
    complete_if_due(enrollment_id=enrollment.pk, at=at)


def locked_for_learning(enrollment: Enrollment) -> Enrollment:
    """The enrollment's row, held until commit.

    Without the lock, two units finished at the same moment each miss the other and nobody
    completes the course.
    """
    locked = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    if not (locked.is_active or locked.is_completed):
        raise NotActive(locked)
    return locked


def spend_time(*, enrollment: Enrollment, unit: Unit, seconds: int, at: datetime.datetime) -> None:
    """Add what a page reports, but never more than has passed since its last report.

    So two tabs that show the same unit do not count twice, and no report can claim hours.
    """
    row = UnitProgress.objects.filter(enrollment=enrollment, unit=unit)
    for known in row.values("seen_at", "opened_at"):
        passed = int((at - (known["seen_at"] or known["opened_at"])).total_seconds())
        counted = max(0, min(seconds, passed, MOST_SECONDS))
        row.filter(seen_at=known["seen_at"]).update(
            seconds_spent=F("seconds_spent") + counted, seen_at=at
        )
