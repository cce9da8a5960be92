"""How far a learner is: for one course with its outline, for many as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.db.models.functions import Coalesce

from catalog.models import Unit
from enrollment.models import Enrollment, UnitProgress


@dataclass(frozen=True)
class Step:
    unit: Unit
    is_opened: bool
    is_done: bool


@dataclass(frozen=True)
class Outline:
    """A course's units in order, with what the learner has done of them."""

    steps: tuple[Step, ...]

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next_unit(self) -> Unit | None:
        """The first unit that is not done."""
        return next((step.unit for step in self.steps if not step.is_done), None)

    def step(self, unit: Unit) -> Step:
        """A unit that tests out is no step of the course, and never done before it is passed."""
        found = (step for step in self.steps if step.unit == unit)
        return next(found, Step(unit, is_opened=False, is_done=False))

    def before(self, unit: Unit) -> Unit | None:
        return self._beside(unit, -1)

    def after(self, unit: Unit) -> Unit | None:
        return self._beside(unit, 1)

    def _beside(self, unit: Unit, offset: int) -> Unit | None:
        units = [step.unit for step in self.steps]
        if unit not in units:
            return None
        place = units.index(unit) + offset
        return units[place] if 0 <= place < len(units) else None


def units_of(enrollment: Enrollment) -> QuerySet[Unit]:
    """The units of the edition that the learner has joined, in order."""
    return Unit.of_all_editions.filter(course=enrollment.run.course_id).of_edition(
        enrollment.edition
    )


def steps_of(enrollment: Enrollment) -> QuerySet[Unit]:
    """Without what only tests out of the course."""
    return units_of(enrollment).filter(is_challenge=False)


_FINISHED = """
SELECT e.id FROM enrollment_enrollment e JOIN catalog_courserun r ON r.id = e.run_id
WHERE e.status IN ({statuses}) {chosen} AND (
    NOT EXISTS (
        SELECT 1 FROM catalog_unit u WHERE u.course_id = r.course_id AND u.is_required
        AND u.from_edition <= e.edition
        AND (u.until_edition IS NULL OR u.until_edition > e.edition)
        AND NOT EXISTS (SELECT 1 FROM enrollment_unitprogress p WHERE p.enrollment_id = e.id
            AND p.unit_id = u.id AND p.completed_at IS NOT NULL))
    OR EXISTS (
        SELECT 1 FROM enrollment_unitprogress p JOIN catalog_unit u ON u.id = p.unit_id
        WHERE p.enrollment_id = e.id AND u.is_challenge AND p.completed_at IS NOT NULL))
ORDER BY e.id
"""


def finished(enrollment_ids: Sequence[int] | None = None) -> list[int]:
    """Enrollments in which all that is required is done: of these, those that are completed, too
    (it may have been earlier than was known); of all, only those that are not completed yet.
    Who has withdrawn is looked at as well: it may have been done before.
    """
    if enrollment_ids is None:
        query = _FINISHED.format(statuses="'active', 'withdrawn'", chosen="")
    else:
        places = ", ".join(["%s"] * len(enrollment_ids))
        query = _FINISHED.format(
            statuses="'active', 'completed', 'withdrawn'", chosen=f"AND e.id IN ({places})"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, enrollment_ids or [])
        return [pk for (pk,) in cursor.fetchall()]


def outline(enrollment: Enrollment) -> Outline:
    done_at = dict(enrollment.progress.values_list("unit", "completed_at"))
    return Outline(
        tuple(
            Step(unit=unit, is_opened=unit.pk in done_at, is_done=bool(done_at.get(unit.pk)))
            for unit in steps_of(enrollment).prefetch_related("translations")
        )
    )


def with_progress(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Add ``units_total``, ``units_done``, ``next_unit_id`` (public) and ``last_opened_at``."""
    units = (
        Unit.of_all_editions.filter(course=OuterRef("run__course"), is_challenge=False)
        .of_edition(OuterRef("edition"))
        .order_by()
    )
    progress = UnitProgress.objects.filter(enrollment=OuterRef("pk")).order_by()
    done = progress.filter(completed_at__isnull=False)
    is_done = UnitProgress.objects.filter(
        enrollment=OuterRef(OuterRef("pk")), unit=OuterRef("pk"), completed_at__isnull=False
    )
    return enrollments.annotate(
        units_total=number_of(units.values("course").annotate(n=Count("pk")).values("n")),
        units_done=number_of(done.values("enrollment").annotate(n=Count("pk")).values("n")),
        next_unit_id=Subquery(
            units.filter(~Exists(is_done)).order_by("position").values("public_id")[:1],
            output_field=UUIDField(),
        ),
        last_opened_at=Subquery(
            progress.values("enrollment").annotate(last=Max("opened_at")).values("last")
        ),
    )


def with_place_in_line(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Add ``place_in_line``: 1 for the learner who is promoted next."""
    ahead = (
        Enrollment.objects.filter(
            run=OuterRef("run"),
            status=Enrollment.Status.WAITLISTED,
            waitlist_place__lte=OuterRef("waitlist_place"),
        )
        .order_by()
        .values("run")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return enrollments.annotate(place_in_line=number_of(ahead))


def number_of(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
