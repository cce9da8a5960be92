"""What became of each row, and the report that says so."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    key: str
    verdict: Verdict
    file: str
    place: str
    reason: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:<9} {self.kind} {self.key or '(no id)'}"
        return (
            f"{line}\n          {self.file}, {self.place}: {self.reason}" if self.reason else line
        )


COLUMNS = ("file", "place", "kind", "key", "verdict", "reason")


def save_report(path: Path, outcomes: Iterable[Outcome]) -> None:
    rows = [{name: str(asdict(outcome)[name]) for name in COLUMNS} for outcome in outcomes]
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".json":
            json.dump(rows, file, ensure_ascii=False, indent=1)
            return
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            # A cell that begins like a formula is one to a spreadsheet.
            writer.writerow({k: f"'{v}" if v[:1] in "=+-@" and v else v for k, v in row.items()})


def summary(outcomes: Sequence[Outcome]) -> str:
    """``courses: 3 created, 1 refused``, a line for each kind."""
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
    lines = []
    for kind in kinds:
        verdicts = [outcome.verdict for outcome in outcomes if outcome.kind == kind]
        counts = [f"{verdicts.count(v)} {v}" for v in Verdict if v in verdicts]
        lines.append(f"{kind}: {', '.join(counts)}")
    return "\n".join(lines)
