"""How an assignment is handed in, and its rubric: in rows, and in words for comparing."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from catalog.importing.changes import assign
from catalog.models import Assignment, Criterion, CriterionLevel, Unit

KEYS = {
    "text": "accepts_text",
    "files": "accepts_files",
    "max_files": "max_files",
    "second_marker": "second_marker",
    "blind": "is_blind",
}
Content = tuple[str, str, int, frozenset[tuple[int, str]]]


def apply(unit: Unit, row: dict[str, Any]) -> bool:
    """Make the assignment what the unit's row says, and say whether anything was written."""
    is_changed = False
    if "assignment" in row:
        is_changed = _apply_settings(unit, row["assignment"])
    if "criteria" in row:
        is_changed |= _apply_criteria(unit, row["criteria"])
    return is_changed


def to_row(unit: Unit) -> dict[str, Any]:
    """The keys of a unit's row that ``apply`` reads; the unit with its prefetched rubric."""
    settings = _settings(unit)
    return {
        "assignment": {key: getattr(settings, name) for key, name in KEYS.items()},
        "criteria": [
            {
                "title": criterion.title,
                "description": criterion.description,
                "points": criterion.points,
                "levels": [
                    {"points": level.points, "text": level.text} for level in criterion.levels.all()
                ],
            }
            for criterion in unit.criteria.all()
        ],
    }


def in_words(unit: Unit) -> list[str]:
    row = to_row(unit)
    lines = [f"{key}: {value}" for key, value in row["assignment"].items()]
    for criterion in row["criteria"]:
        lines.append(f"{criterion['title']} ({criterion['points']} points)")
        lines.append(criterion["description"])
        lines += [f"{level['points']}: {level['text']}" for level in criterion["levels"]]
    return lines


def _settings(unit: Unit) -> Assignment:
    try:
        return unit.assignment
    except Assignment.DoesNotExist:
        return Assignment(unit=unit)


def _apply_settings(unit: Unit, values: dict[str, Any]) -> bool:
    settings = _settings(unit)
    changed = assign(settings, {KEYS[key]: value for key, value in values.items()})
    if changed:
        settings.save()
    return bool(changed)


def _apply_criteria(unit: Unit, rows: list[dict[str, Any]]) -> bool:
    """One that reads the same stays; one that differs is a new one."""
    existing = list(unit.criteria.prefetch_related("levels"))
    wanted = [_content_of_row(row) for row in rows]
    if [_content(criterion) for criterion in existing] == wanted:
        return False
    pool: dict[Content, list[Criterion]] = {}
    for criterion in existing:
        pool.setdefault(_content(criterion), []).append(criterion)
    kept = {
        place: pool[content].pop(0) for place, content in enumerate(wanted) if pool.get(content)
    }
    unit.criteria.exclude(pk__in=[criterion.pk for criterion in kept.values()]).delete()
    # Out of the way first, so that no two share a position on the way.
    beyond = max([criterion.position for criterion in existing] + [len(rows)]) + 1
    unit.criteria.update(position=F("position") + beyond)
    for place, criterion in kept.items():
        unit.criteria.filter(pk=criterion.pk).update(position=place)
    _create(unit, [(place, row) for place, row in enumerate(rows) if place not in kept])
    return True


def _create(unit: Unit, rows: list[tuple[int, dict[str, Any]]]) -> None:
    made = Criterion.objects.bulk_create(
        Criterion(
            unit=unit,
            position=place,
            title=row["title"],
            description=row.get("description", ""),
            points=row["points"],
        )
        for place, row in rows
    )
    CriterionLevel.objects.bulk_create(
        CriterionLevel(criterion=criterion, points=level["points"], text=level["text"])
        for criterion, (_, row) in zip(made, rows, strict=True)
        for level in row.get("levels", [])
    )


def _content(criterion: Criterion) -> Content:
    levels = frozenset((level.points, level.text) for level in criterion.levels.all())
    return criterion.title, criterion.description, criterion.points, levels


def _content_of_row(row: dict[str, Any]) -> Content:
    levels = frozenset((level["points"], level["text"]) for level in row.get("levels", []))
    return row["title"], row.get("description", ""), row["points"], levels
