"""The runs of a course. A run that is left out stays: people may be enrolled, or will be."""

from __future__ import annotations

from typing import Any

from catalog.importing.changes import picked
from catalog.importing.fields import Invalid, said
from catalog.models import Course, CourseRun
from catalog.signals import seats_changed

FIELDS = (
    "title",
    "starts_on",
    "ends_on",
    "enrollment_opens_on",
    "enrollment_closes_on",
    "external_url",
    "price",
    "currency",
    "seats",
    "time_zone",
    "accepts_invoice",
    "accepts_employer",
    "needs_approval",
    "offer_hours",
)


def apply(course: Course, rows: list[dict[str, Any]]) -> bool:
    """Create and change runs, and say whether anything was written."""
    existing = list(course.runs.all())
    named = {run.external_id: run for run in existing if run.external_id}
    nameless = [run for run in existing if not run.external_id]
    is_changed = False
    for row in rows:
        external_id = row.get("external_id") or None
        run = named.get(external_id) if external_id else next(iter(nameless), None)
        if run is None:
            _create(course, external_id, row)
            is_changed = True
            continue
        if not external_id:
            nameless.remove(run)
        is_changed |= _update(run, row)
    return is_changed


def _create(course: Course, external_id: str | None, row: dict[str, Any]) -> None:
    if external_id and CourseRun.objects.filter(external_id=external_id).exists():
        raise Invalid(f"runs: {said(external_id)} is a run of another course")
    CourseRun.objects.create(course=course, external_id=external_id, **values(row))


def _update(run: CourseRun, row: dict[str, Any]) -> bool:
    changed = {name: v for name, v in values(row).items() if getattr(run, name) != v}
    if not changed:
        return False
    free = CourseRun.objects.filter(pk=run.pk)
    if changed.get("seats") is not None:
        # In the UPDATE, because people enroll while we look.
        free = free.filter(seats_taken__lte=changed["seats"])
    if not free.update(**changed):
        raise Invalid(f"runs: more than {changed['seats']} seats are taken already")
    if "seats" in changed:
        seats_changed.send(sender=CourseRun, run_id=run.pk)
    return True


def values(row: dict[str, Any]) -> dict[str, Any]:
    """The run's columns that the row speaks of."""
    wanted = picked(row, *FIELDS)
    if "self_paced" in row:
        wanted["is_self_paced"] = row["self_paced"]
    if "cohort" in row:
        wanted["is_cohort"] = row["cohort"]
    if "external" in row:
        wanted["is_external"] = row["external"]
    return wanted
