"""How a quiz is taken, and the pools that it draws from: in rows, and in words for comparing."""

from __future__ import annotations

from typing import Any

from catalog.importing import questions
from catalog.importing.changes import assign
from catalog.models import QuestionPool, Quiz, Unit

KEYS = {
    "max_attempts": "max_attempts",
    "time_limit": "time_limit",
    "wait_minutes": "wait_minutes",
    "counts": "counts",
    "partial_credit": "gives_partial_credit",
    "shuffle_questions": "shuffles_questions",
    "shuffle_choices": "shuffles_choices",
}


def apply(unit: Unit, row: dict[str, Any]) -> bool:
    """Make the quiz what the unit's row says, and say whether anything was written."""
    is_changed = False
    if "quiz" in row:
        is_changed = _apply_settings(unit, row["quiz"])
        if "pools" in row["quiz"]:
            is_changed |= _apply_pools(unit, row["quiz"]["pools"])
    if "questions" in row:
        is_changed |= questions.apply(unit, row["questions"])
    return is_changed


def to_row(unit: Unit) -> dict[str, Any]:
    """The keys of a unit's row that ``apply`` reads; the unit with its prefetched quiz."""
    settings = _settings(unit)
    return {
        "quiz": {
            **{key: getattr(settings, name) for key, name in KEYS.items()},
            "pools": [{"name": pool.name, "draw": pool.draws} for pool in unit.pools.all()],
        },
        "questions": [questions.to_row(question) for question in unit.questions.all()],
    }


def in_words(unit: Unit) -> list[str]:
    row = to_row(unit)["quiz"]
    pools = [f"of the pool {pool['name']}, {pool['draw']} are drawn" for pool in row.pop("pools")]
    lines = [f"{key}: {value}" for key, value in row.items()] + pools
    for question in unit.questions.all():
        lines += questions.in_words(question)
    return lines


def _settings(unit: Unit) -> Quiz:
    try:
        return unit.quiz
    except Quiz.DoesNotExist:
        return Quiz(unit=unit)


def _apply_settings(unit: Unit, values: dict[str, Any]) -> bool:
    settings = _settings(unit)
    changed = assign(settings, {KEYS[key]: values[key] for key in values if key in KEYS})
    if changed:
        settings.save()
    return bool(changed)


def _apply_pools(unit: Unit, rows: list[dict[str, Any]]) -> bool:
    wanted = {row["name"]: row["draw"] for row in rows}
    known = {pool.name: pool.draws for pool in unit.pools.all()}
    if list(wanted.items()) == list(known.items()):
        return False
    # Only their names are referred to, so they can be made anew.
    unit.pools.all().delete()
    QuestionPool.objects.bulk_create(
        QuestionPool(unit=unit, name=name, draws=draws) for name, draws in wanted.items()
    )
    return True
