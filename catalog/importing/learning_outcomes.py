"""The learning outcomes of a course, known by their place."""

from __future__ import annotations

from typing import Any

from catalog.importing.changes import assign
from catalog.importing.fields import Invalid, said
from catalog.models import Course, LearningOutcome, Skill


def apply(course: Course, rows: list[dict[str, Any]], known: dict[str, Skill]) -> bool:
    """Make the course's outcomes these, in this order, and say whether anything was written."""
    existing = {outcome.position: outcome for outcome in course.outcomes.all()}
    is_changed = False
    for position, row in enumerate(rows, 1):
        values = {"text": row["text"], "level": row.get("level", "")}
        outcome = existing.pop(position, None)
        if outcome is None:
            outcome = LearningOutcome.objects.create(course=course, position=position, **values)
            is_changed = True
        elif assign(outcome, values):
            outcome.save()
            is_changed = True
        is_changed |= _apply_skills(outcome, position, row.get("skills", []), known)
    for outcome in existing.values():
        outcome.delete()
        is_changed = True
    return is_changed


def _apply_skills(
    outcome: LearningOutcome, position: int, uris: list[str], known: dict[str, Skill]
) -> bool:
    missing = [uri for uri in uris if uri not in known]
    if missing:
        where = f"outcomes.{position}.skills"
        raise Invalid(*(f"{where}: there is no skill {said(uri)}" for uri in missing))
    wanted = {known[uri].pk for uri in uris}
    if wanted == {skill.pk for skill in outcome.skills.all()}:
        return False
    outcome.skills.set(wanted)
    return True
