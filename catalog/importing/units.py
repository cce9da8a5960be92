"""The units of a course: kept by identity, because learners' progress refers to them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max

from catalog.importing import assignments, quizzes
from catalog.importing.changes import assign, picked
from catalog.models import Course, Unit

FIELDS = (
    "external_id",
    "kind",
    "title",
    "minutes",
    "body",
    "pass_percent",
    "url",
    "is_required",
    "is_challenge",
)


def apply(course: Course, rows: list[dict[str, Any]]) -> bool:
    """Make the course's units these, in this order, and say whether anything was written.

    A unit is the one with the row's external id or else, without one, the one in its place. What
    a public course gets or loses begins a new edition of it: whoever has joined before has the
    units of theirs to do.
    """
    existing = list(course.units.all())
    matched = _match(existing, rows)
    kept = {unit.pk for unit in matched if unit}
    left_out = [unit for unit in existing if unit.pk not in kept]
    if course.is_public and (left_out or None in matched):
        course.edition += 1
        course.save(update_fields=["edition"])
    _leave_out(left_out, course)
    is_changed = _move(course, matched) or bool(left_out)
    for unit, row in zip(matched, rows, strict=True):
        if unit and (changed := assign(unit, picked(row, *FIELDS))):
            unit.save(update_fields=changed)
            is_changed = True
        if unit:
            is_changed |= quizzes.apply(unit, row)
            is_changed |= assignments.apply(unit, row)
    return _create(course, matched, rows) or is_changed


def _match(existing: list[Unit], rows: list[dict[str, Any]]) -> list[Unit | None]:
    named = {unit.external_id: unit for unit in existing if unit.external_id}
    nameless = {place: unit for place, unit in enumerate(existing) if not unit.external_id}
    matched: list[Unit | None] = []
    for place, row in enumerate(rows):
        external_id = row.get("external_id", "")
        unit = named.get(external_id)
        in_place = nameless.get(place)
        # A unit that has had no external id may be given one, as long as it reads the same.
        if unit is None and in_place and (not external_id or in_place.title == row["title"]):
            unit = in_place
        matched.append(unit)
    return matched


def _leave_out(units: list[Unit], course: Course) -> None:
    for unit in units:
        if unit.from_edition < course.edition:
            unit.until_edition = course.edition
            unit.save(update_fields=["until_edition"])
        else:
            unit.delete()


def _move(course: Course, matched: list[Unit | None]) -> bool:
    moved = [(unit, place) for place, unit in enumerate(matched) if unit and unit.position != place]
    if not moved:
        return False
    # Out of the way first: a position may be taken by a unit that is yet to move.
    highest = course.units.aggregate(highest=Max("position", default=0))["highest"]
    beyond = max(highest, len(matched)) + 1
    Unit.objects.filter(pk__in=[unit.pk for unit, _ in moved]).update(
        position=F("position") + beyond
    )
    for unit, place in moved:
        unit.position = place
        unit.save(update_fields=["position"])
    return True


def _create(course: Course, matched: list[Unit | None], rows: list[dict[str, Any]]) -> bool:
    new = [(place, row) for place, row in enumerate(rows) if matched[place] is None]
    made = Unit.objects.bulk_create(
        Unit(
            course=course,
            position=place,
            from_edition=course.edition,
            **picked(row, *FIELDS),
        )
        for place, row in new
    )
    for unit, (_, row) in zip(made, new, strict=True):
        quizzes.apply(unit, row)
        assignments.apply(unit, row)
    return bool(made)
