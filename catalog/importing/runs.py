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
    CourseRun.objects.create(course=course, external_id=external_id, **_values(row))


def _update(run: CourseRun, row: dict[str, Any]) -> bool:
    values = {name: v for name, v in _values(row).items() if getattr(run, name) != v}
    if not values:
        return False
    free = CourseRun.objects.filter(pk=run.pk)
    if values.get("seats") is not None:
        # In the UPDATE, because people enroll while we look.
        free = free.filter(seats_taken__lte=values["seats"])
    if not free.update(**values):
        raise Invalid(f"runs: more than {values['seats']} seats are taken already")
    if "seats" in values:
        seats_changed.send(sender=CourseRun, run_id=run.pk)
    return True


def _values(row: dict[str, Any]) -> dict[str, Any]:
    values = picked(row, *FIELDS)
    if "self_paced" in row:
        values["is_self_paced"] = row["self_paced"]
    if "external" in row:
        values["is_external"] = row["external"]
    return values
