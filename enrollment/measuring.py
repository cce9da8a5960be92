"""Beside the hours that a course states: those that it takes.

Counted is the time in which a unit's page was seen and somebody moved (``actions.spend_time``), of
learners who finished the course by its units. Whoever learned elsewhere, or where no time could
be measured, is not among them: 0 would be a lie.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from statistics import median

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from enrollment.models import Enrollment, MeasuredTime
from enrollment.models.measured import LEAST_LEARNERS


def measure(*, at: datetime.datetime) -> int:
    """Measure the courses of which more have been finished since; say how many that were."""
    due = list(_due())
    for course_id, finished in due:
        seconds = _seconds(course_id)
        is_enough = len(seconds) >= LEAST_LEARNERS
        MeasuredTime.objects.update_or_create(
            course_id=course_id,
            defaults={
                "finished": finished,
                "learners": len(seconds),
                "median_minutes": round(median(seconds) / 60) if is_enough else None,
                "p80_minutes": round(percentile(seconds, 80) / 60) if is_enough else None,
                "measured_at": at,
            },
        )
    return len(due)


def _finished() -> QuerySet[Enrollment]:
    return Enrollment.objects.completed().filter(completed_by=Enrollment.CompletedBy.UNITS)


def _due() -> QuerySet[Enrollment, tuple[int, int]]:
    """Courses, and how many have finished them, where that is another number than last time."""
    known = MeasuredTime.objects.filter(course=OuterRef("run__course")).values("finished")
    return (
        _finished()
        .order_by()
        .values("run__course")
        .annotate(finished=Count("pk"), known=Subquery(known))
        .filter(Q(known=None) | ~Q(finished=F("known")), finished__gte=LEAST_LEARNERS)
        .values_list("run__course", "finished")
    )


def _seconds(course_id: int) -> list[int]:
    """What each of them spent, from the least to the most."""
    spent = _finished().filter(run__course=course_id).order_by()
    sums = spent.annotate(seconds=Sum("progress__seconds_spent")).filter(seconds__gt=0)
    return list(sums.order_by("seconds").values_list("seconds", flat=True))


def percentile(values: Sequence[int], share: int) -> int:
    """The nearest rank: the least of the sorted values that ``share`` percent do not exceed."""
    return values[max(math.ceil(len(values) * share / 100), 1) - 1]
