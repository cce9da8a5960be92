"""The questions of a quiz. One that reads the same stays; one that differs is a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from catalog.models import Choice, Question, Unit

Content = tuple[str, str, str, tuple[tuple[str, bool], ...]]


def apply(unit: Unit, rows: list[dict[str, Any]]) -> bool:
    """Make the quiz ask these, in this order, and say whether anything was written."""
    existing = list(unit.questions.all())
    wanted = [_content_of_row(row) for row in rows]
    if [_content(question) for question in existing] == wanted:
        return False
    pool: dict[Content, list[Question]] = {}
    for question in existing:
        pool.setdefault(_content(question), []).append(question)
    kept = {
        place: pool[content].pop(0) for place, content in enumerate(wanted) if pool.get(content)
    }
    unit.questions.exclude(pk__in=[question.pk for question in kept.values()]).delete()
    # Out of the way first, so that no two share a position on the way.
    beyond = max([question.position for question in existing] + [len(rows)]) + 1
    unit.questions.update(position=F("position") + beyond)
    for place, question in kept.items():
        unit.questions.filter(pk=question.pk).update(position=place)
    create(unit, [(place, row) for place, row in enumerate(rows) if place not in kept])
    return True


def create(unit: Unit, rows: list[tuple[int, dict[str, Any]]]) -> None:
    create_all((unit, place, row) for place, row in rows)


def create_all(rows: Iterable[tuple[Unit, int, dict[str, Any]]]) -> None:
    """Questions with their choices, each for its unit and its place there."""
    wanted = list(rows)
    made = Question.objects.bulk_create(
        Question(
            unit=unit,
            position=place,
            kind=row.get("kind", Question.Kind.SINGLE),
            text=row["text"],
            explanation=row.get("explanation", ""),
        )
        for unit, place, row in wanted
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=number,
            text=choice["text"],
            is_correct=choice.get("correct", False),
        )
        for question, (_, _, row) in zip(made, wanted, strict=True)
        for number, choice in enumerate(row["choices"])
    )


def _content(question: Question) -> Content:
    choices = tuple((choice.text, choice.is_correct) for choice in question.choices.all())
    return question.kind, question.text, question.explanation, choices


def _content_of_row(row: dict[str, Any]) -> Content:
    choices = tuple((choice["text"], choice.get("correct", False)) for choice in row["choices"])
    return row.get("kind", "single"), row["text"], row.get("explanation", ""), choices
