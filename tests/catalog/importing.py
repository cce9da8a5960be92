"""What the import tests share: a small catalog as data, and one way to bring it in."""

from __future__ import annotations

import copy
import csv
import json
from pathlib import Path
from typing import Any

from catalog import importing
from tests.factories import TUESDAY

ORGANIZATION = {
    "external_id": "org",
    "name": "Institute",
    "roles": ["provider", "awarding_body"],
}
QUESTION = {
    "text": "Which word reads?",
    "choices": [{"text": "SELECT", "correct": True}, {"text": "INSERT"}],
}
COURSE: dict[str, Any] = {
    "external_id": "sql",
    "provider": "org",
    "title": "First queries",
    "units": [
        {"external_id": "sql.1", "title": "Read", "minutes": 20},
        {"external_id": "sql.2", "title": "Filter", "minutes": 10},
        {"external_id": "sql.3", "kind": "quiz", "title": "Quiz", "questions": [QUESTION]},
    ],
}
TRACK = {
    "external_id": "data",
    "organization": "org",
    "title": "Data work",
    "rule": {"all": [{"course": "sql"}]},
}


def document(**sections: Any) -> dict[str, Any]:
    whole = {"organizations": [ORGANIZATION], "courses": [COURSE], "tracks": [TRACK]}
    return copy.deepcopy({"format": "cairn-catalog/1", **whole, **sections})


def course(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy({**COURSE, **changes})


def track(name: str, rule: Any, **changes: Any) -> dict[str, Any]:
    return {**TRACK, "external_id": name, "title": name, "rule": rule, **changes}


def write(folder: Path, content: Any, name: str = "catalog.json") -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(content)
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return path


def bring_in(folder: Path, *contents: Any, **options: Any) -> list[importing.Outcome]:
    """Import documents, each as a file of its own."""
    paths = [write(folder, content, f"{n}.json") for n, content in enumerate(contents, 1)]
    return importing.apply(importing.read(paths), at=TUESDAY, **options)


def verdicts(outcomes: list[importing.Outcome]) -> dict[str, str]:
    return {outcome.key: str(outcome.verdict) for outcome in outcomes}


def reason(outcomes: list[importing.Outcome]) -> str:
    """Why the only refused row was refused."""
    (refused,) = (o for o in outcomes if o.verdict == importing.Verdict.REFUSED)
    return refused.reason
