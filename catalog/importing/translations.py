"""A course's texts in other languages, with those of its units."""

from __future__ import annotations

from typing import Any

from catalog.importing.changes import assign
from catalog.importing.fields import Invalid, said
from catalog.models import Course, CourseTranslation, UnitTranslation

FIELDS = ("title", "summary", "description", "prerequisites")


def apply(course: Course, rows: list[dict[str, Any]]) -> bool:
    """Make the course's translations these, and say whether anything was written."""
    existing = {one.language: one for one in course.translations.all()}
    is_changed = False
    for row in rows:
        language = row["language"]
        if language == course.language:
            raise Invalid(f"translations: {said(language)} is the course's own language")
        found = existing.pop(language, None) or CourseTranslation(course=course, language=language)
        changed = assign(found, {name: row.get(name, "") for name in FIELDS})
        if changed:
            found.save()
        is_changed |= bool(changed) | _apply_units(course, language, row.get("units", []))
    for one in existing.values():
        one.delete()
        UnitTranslation.objects.filter(unit__course=course, language=one.language).delete()
        is_changed = True
    return is_changed


def _apply_units(course: Course, language: str, rows: list[dict[str, Any]]) -> bool:
    units = {unit.external_id: unit for unit in course.units.all() if unit.external_id}
    rows_by_unit = {row["external_id"]: row for row in rows}
    if unknown := sorted(rows_by_unit.keys() - units.keys()):
        raise Invalid(f"translations: the course has no unit {said(unknown[0])}")
    known = UnitTranslation.objects.filter(unit__course=course, language=language)
    existing = {one.unit_id: one for one in known}
    is_changed = False
    for external_id, row in rows_by_unit.items():
        unit = units[external_id]
        found = existing.pop(unit.pk, None) or UnitTranslation(unit=unit, language=language)
        if assign(found, {"title": row["title"], "body": row.get("body", "")}):
            found.save()
            is_changed = True
    for one in existing.values():
        one.delete()
        is_changed = True
    return is_changed
