"""The columns of each kind of CSV file, and how their cells become the values of JSON rows.

A cell that cannot be converted is passed on as it is: the row's own check then says what it
should have been.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Cell = Callable[[str], Any]
LEFT_OUT = object()


def as_text(cell: str) -> Any:
    return cell


def as_choice(cell: str) -> Any:
    return cell.strip() or LEFT_OUT


def as_number(cell: str) -> Any:
    cell = cell.strip()
    return int(cell) if re.fullmatch(r"-?\d{1,18}", cell, re.ASCII) else cell or LEFT_OUT


def as_number_or_none(cell: str) -> Any:
    value = as_number(cell)
    return None if value is LEFT_OUT else value


def as_decimal_or_none(cell: str) -> Any:
    cell = cell.strip()
    is_number = re.fullmatch(r"\d{1,9}(\.\d{1,6})?", cell, re.ASCII)
    return Decimal(cell) if is_number else cell or None


def as_boolean(cell: str) -> Any:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return words.get(cell.strip().lower(), cell.strip() or LEFT_OUT)


def as_list(cell: str) -> Any:
    return [part.strip() for part in cell.split("|") if part.strip()]


def as_roles(cell: str) -> Any:
    return as_list(cell) or LEFT_OUT


def as_rule(cell: str) -> Any:
    """JSON, or the external ids of the courses that are all needed."""
    if not cell.lstrip().startswith("{"):
        return {"all": [{"course": name} for name in as_list(cell)]}
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


PAGE: dict[str, Cell] = {
    "external_id": as_text,
    "title": as_text,
    "summary": as_text,
    "description": as_text,
    "field": as_choice,
    "language": as_choice,
    "status": as_choice,
    "achievement_kind": as_choice,
    "achievement_name": as_text,
    "achievement_description": as_text,
    "achievement_criteria": as_text,
}


@dataclass(frozen=True)
class Kind:
    """``needed`` columns tell a file of this kind by its header."""

    needed: frozenset[str]
    columns: dict[str, Cell]


KINDS = {
    "organizations": Kind(
        frozenset({"external_id", "name"}),
        dict.fromkeys(("external_id", "name", "description", "url", "country", "email"), as_text)
        | {"roles": as_roles},
    ),
    "skills": Kind(
        frozenset({"uri", "label"}), dict.fromkeys(("uri", "label", "description"), as_text)
    ),
    "courses": Kind(
        frozenset({"external_id", "provider", "title"}),
        PAGE
        | {
            "provider": as_text,
            "awarding_body": as_choice,
            "eqf_level": as_number_or_none,
            "ects": as_decimal_or_none,
            "assessment": as_choice,
            "participation": as_choice,
            "supervision": as_choice,
            "quality_assurance": as_text,
            "prerequisites": as_text,
            "min_grade": as_decimal_or_none,
            "grading_scale": as_choice,
            "skills": as_list,
        },
    ),
    "outcomes": Kind(
        frozenset({"course", "text", "level"}),
        {"course": as_text, "text": as_text, "level": as_choice, "skills": as_list},
    ),
    "units": Kind(
        frozenset({"course", "title", "minutes"}),
        {
            "course": as_text,
            "external_id": as_text,
            "kind": as_choice,
            "title": as_text,
            "minutes": as_number,
            "body": as_text,
            "pass_percent": as_number,
            "url": as_text,
            "is_required": as_boolean,
            "is_challenge": as_boolean,
        },
    ),
    "questions": Kind(
        frozenset({"course", "unit", "text", "choices", "correct"}),
        {
            "course": as_text,
            "unit": as_text,
            "kind": as_choice,
            "text": as_text,
            "explanation": as_text,
            "choices": as_list,
            "correct": as_list,
            "tolerance": as_decimal_or_none,
        },
    ),
    "runs": Kind(
        frozenset({"course", "self_paced"}),
        {
            "course": as_text,
            "external_id": as_text,
            "title": as_text,
            "self_paced": as_boolean,
            "starts_on": as_text,
            "ends_on": as_text,
            "enrollment_opens_on": as_text,
            "enrollment_closes_on": as_text,
            "seats": as_number_or_none,
            "external": as_boolean,
            "external_url": as_text,
            "price": as_decimal_or_none,
            "currency": as_text,
            "cohort": as_boolean,
            "time_zone": as_text,
            "accepts_invoice": as_boolean,
            "accepts_employer": as_boolean,
            "needs_approval": as_boolean,
            "offer_hours": as_number,
        },
    ),
    "tracks": Kind(
        frozenset({"external_id", "organization", "title", "rule"}),
        PAGE | {"organization": as_text, "rule": as_rule},
    ),
}


def to_json(kind: str, cells: dict[str, str]) -> dict[str, Any]:
    """The row as it would stand in a JSON file."""
    row: dict[str, Any] = {}
    for column, cell in cells.items():
        value = KINDS[kind].columns[column](cell)
        if value is not LEFT_OUT:
            row[column] = value
    achievement = {
        key.removeprefix("achievement_"): row.pop(key)
        for key in list(row)
        if key.startswith("achievement_")
    }
    if achievement:
        row["achievement"] = achievement
    if kind == "questions":
        row |= _answers(row.get("kind", "single"), row.pop("choices", []), row.pop("correct", []))
    return row


def _answers(kind: str, texts: list[str], correct: list[str]) -> dict[str, Any]:
    """What the columns ``choices`` and ``correct`` say of a question of this kind."""
    if kind == "numeric":
        number = correct[0] if len(correct) == 1 else ""
        is_number = re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", number, re.ASCII)
        return {"answer": Decimal(number) if is_number else "|".join(correct)}
    if kind in {"text", "ordering"}:
        return {"accepted" if kind == "text" else "order": texts}
    if kind == "matching":
        sides = [text.partition("=") for text in texts]
        return {
            "pairs": [{"left": left.strip(), "right": right.strip()} for left, _, right in sides]
        }
    # Choices are numbered from 1, as their author counts them.
    unknown = set(correct) - {str(number) for number in range(1, len(texts) + 1)}
    if unknown:
        return {"choices": f"correct {', '.join(sorted(unknown))}"}
    return {
        "choices": [
            {"text": text, "correct": str(number) in correct}
            for number, text in enumerate(texts, 1)
        ]
    }
