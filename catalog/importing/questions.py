"""The questions of a quiz. One that reads the same stays; one that differs is a new one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F

from catalog.models import Choice, Question, Unit
from catalog.quizzes import Content, Part, content

Kind = Question.Kind
Row = dict[str, Any]

PARTS = {
    Kind.SINGLE: "choices",
    Kind.MULTIPLE: "choices",
    Kind.NUMERIC: "answer",
    Kind.TEXT: "accepted",
    Kind.ORDERING: "order",
    Kind.MATCHING: "pairs",
}
"""The key of a row that says what is right, for each kind."""


def apply(unit: Unit, rows: list[Row]) -> bool:
    """Make the quiz ask these, in this order, and say whether anything was written."""
    existing = list(unit.questions.all())
    wanted = [content_of_row(row) for row in rows]
    if [content(question) for question in existing] == wanted:
        return False
    alike: dict[Content, list[Question]] = {}
    for question in existing:
        alike.setdefault(content(question), []).append(question)
    kept = {place: alike[asked].pop(0) for place, asked in enumerate(wanted) if alike.get(asked)}
    if existing:
        _make_room(unit, existing, kept, len(rows))
    create(unit, [(place, row) for place, row in enumerate(rows) if place not in kept])
    return True


def _make_room(unit: Unit, existing: list[Question], kept: dict[int, Question], size: int) -> None:
    unit.questions.exclude(pk__in=[question.pk for question in kept.values()]).delete()
    # Out of the way first, so that no two share a position on the way.
    beyond = max([question.position for question in existing] + [size]) + 1
    unit.questions.update(position=F("position") + beyond)
    for place, question in kept.items():
        unit.questions.filter(pk=question.pk).update(position=place)


def create(unit: Unit, rows: list[tuple[int, Row]]) -> None:
    create_all((unit, place, row) for place, row in rows)


def create_all(rows: Iterable[tuple[Unit, int, Row]]) -> None:
    """Questions with their choices, each for its unit and its place there."""
    wanted = [(unit, place, content_of_row(row)) for unit, place, row in rows]
    made = Question.objects.bulk_create(
        Question(
            unit=unit,
            position=place,
            kind=asked.kind,
            text=asked.text,
            explanation=asked.explanation,
            pool=asked.pool,
            answer=asked.answer,
            tolerance=asked.tolerance,
        )
        for unit, place, asked in wanted
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=number,
            text=part.text,
            match=part.match,
            is_correct=part.is_correct,
        )
        for question, (_, _, asked) in zip(made, wanted, strict=True)
        for number, part in enumerate(asked.parts)
    )


def content_of_row(row: Row) -> Content:
    return Content(
        kind=row.get("kind", Kind.SINGLE),
        text=row["text"],
        explanation=row.get("explanation", ""),
        pool=row.get("pool", ""),
        answer=row.get("answer"),
        tolerance=row.get("tolerance") or Decimal(0),
        parts=(
            *(Part(one["text"], "", one.get("correct", False)) for one in row.get("choices", [])),
            *(Part(text) for text in (*row.get("accepted", []), *row.get("order", []))),
            *(Part(pair.get("left", ""), pair["right"]) for pair in row.get("pairs", [])),
        ),
    )


def to_row(question: Question) -> Row:
    """The row that makes this question; its choices prefetched."""
    asked = content(question)
    row: Row = {"kind": asked.kind, "text": asked.text, "explanation": asked.explanation}
    if asked.pool:
        row["pool"] = asked.pool
    match asked.kind:
        case Kind.NUMERIC:
            row |= {"answer": asked.answer, "tolerance": asked.tolerance}
        case Kind.TEXT | Kind.ORDERING:
            row[PARTS[Kind(asked.kind)]] = [part.text for part in asked.parts]
        case Kind.MATCHING:
            row["pairs"] = [{"left": part.text, "right": part.match} for part in asked.parts]
        case _:
            row["choices"] = [
                {"text": part.text, "correct": part.is_correct} for part in asked.parts
            ]
    return row


def in_words(question: Question) -> list[str]:
    """As curators compare it."""
    asked = content(question)
    lines = [f"{asked.text} ({question.get_kind_display()})"]
    if asked.pool:
        lines.append(f"drawn from: {asked.pool}")
    if asked.answer is not None:
        lines.append(f"✓ {asked.answer.normalize():f} ± {asked.tolerance.normalize():f}")
    for number, part in enumerate(asked.parts, 1):
        match asked.kind:
            case Kind.ORDERING:
                lines.append(f"{number}. {part.text}")
            case Kind.MATCHING:
                lines.append(f"{part.text or '✗'} ↔ {part.match}")
            case Kind.TEXT:
                lines.append(f"✓ {part.text}")
            case _:
                lines.append(f"{'✓' if part.is_correct else '✗'} {part.text}")
    return [*lines, asked.explanation]
