"""How far a learner is: for one course with its outline, for many as numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

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

from accounts.models import User
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
        return next(step for step in self.steps if step.unit == unit)

    def before(self, unit: Unit) -> Unit | None:
        return self._beside(unit, -1)

    def after(self, unit: Unit) -> Unit | None:
        return self._beside(unit, 1)

    def _beside(self, unit: Unit, offset: int) -> Unit | None:
        units = [step.unit for step in self.steps]
        place = units.index(unit) + offset
        return units[place] if 0 <= place < len(units) else None


def outline(enrollment: Enrollment) -> Outline:
    done_at = dict(enrollment.progress.values_list("unit", "completed_at"))
    return Outline(
        tuple(
            Step(unit=unit, is_opened=unit.pk in done_at, is_done=bool(done_at.get(unit.pk)))
            for unit in Unit.objects.filter(course=enrollment.run.course_id)
        )
    )


def with_progress(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Add ``units_total``, ``units_done``, ``next_unit_id`` (public) and ``last_opened_at``."""
    units = Unit.objects.filter(course=OuterRef("run__course")).order_by()
    progress = UnitProgress.objects.filter(enrollment=OuterRef("pk")).order_by()
    done = progress.filter(completed_at__isnull=False)
    is_done = UnitProgress.objects.filter(
        enrollment=OuterRef(OuterRef("pk")), unit=OuterRef("pk"), completed_at__isnull=False
    )
    return enrollments.annotate(
        units_total=_number(units.values("course").annotate(n=Count("pk")).values("n")),
        units_done=_number(done.values("enrollment").annotate(n=Count("pk")).values("n")),
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
    return enrollments.annotate(place_in_line=_number(ahead))


def _number(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def completed_course_ids(learner: User) -> Collection[int]:
    return frozenset(learner.enrollments.completed().values_list("run__course", flat=True))
