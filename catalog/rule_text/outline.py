"""A rule's text as a list of entries, each with what can be filled in: for an editor.

It may be unfinished: of an entry that is wrong, the editor shows what is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.models import OutcomeLevel
from catalog.rule_text.lines import Line, hang, read
from catalog.rule_text.names import COURSE, CREDENTIAL, SKILL, TRACK
from catalog.rule_text.writing import INDENT, quoted
from catalog.rules import Operator

GROUP = "group"
KINDS = (GROUP, COURSE, TRACK, CREDENTIAL, SKILL)
OPERATORS = ("all", "any", "least")
UNITS = ("entries", "hours", "minutes", "ects")
LEVELS = ("", *OutcomeLevel.values)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A group or a leaf. All that somebody types is text as it was typed."""

    depth: int = 0
    kind: str = GROUP
    operator: str = "all"
    n: str = ""
    unit: str = "entries"
    name: str = ""
    min_grade: str = ""
    max_age_months: str = ""
    level: str = ""
    issuer: str = ""
    allows_prior_learning: bool = False


@dataclass(frozen=True)
class Outline:
    """The entries in preorder, the first of which is a group that holds all others."""

    entries: tuple[Entry, ...] = (Entry(),)
    counts_once: bool = False


def outline_of(text: str) -> Outline | None:
    """``None`` where the text says something that the entries would not."""
    if not text.strip():
        return Outline()
    lines, _ = read(text)
    if not lines or not all(line.is_understood for line in lines):
        return None
    root, misplaced = hang(lines)
    if misplaced:
        return None
    entries = tuple(_entries(root, 0))
    if root.kind:
        # A rule of one entry is the same in a group, where others can join it.
        entries = (Entry(), *(replace(entry, depth=1) for entry in entries))
    return Outline(entries, root.counts_once)


def _entries(line: Line, depth: int) -> Iterator[Entry]:
    if line.operator:
        is_counting = line.operator not in (Operator.ALL, Operator.ANY)
        yield Entry(
            depth=depth,
            operator="least" if is_counting else "all" if line.operator == Operator.ALL else "any",
            n=f"{line.amount.normalize():f}" if is_counting else "",
            unit=line.unit or "entries",
        )
        for child in line.children:
            yield from _entries(child, depth + 1)
        return
    yield Entry(
        depth=depth,
        kind=line.kind,
        name=line.name,
        min_grade="" if line.min_grade is None else f"{line.min_grade.normalize():f}",
        max_age_months="" if line.max_age_months is None else str(line.max_age_months),
        level=LEVELS[line.level or 0],
        issuer=line.issuer,
        allows_prior_learning=line.allows_prior_learning,
    )


def text_of(outline: Outline) -> str:
    """One line for each entry. What is wrong stays wrong, for ``parse`` to say so."""
    if len(outline.entries) == 1:
        return ""
    said = [INDENT * entry.depth + _said(entry) for entry in outline.entries]
    if outline.counts_once:
        said[0] += ", each course once"
    return "\n".join(said) + "\n"


def _said(entry: Entry) -> str:
    if entry.kind == GROUP:
        match entry.operator, entry.unit:
            case ("all" | "any") as operator, _:
                return f"{operator} of"
            case _, "entries":
                return f"at least {_typed(entry.n) or 0} of"
            case _, unit:
                unit = "ECTS" if unit == "ects" else unit
                return f"at least {_typed(entry.n) or 0} {unit} from"
    limits = [
        *([f"min {grade} %"] if (grade := _typed(entry.min_grade)) else []),
        *([f"within {months} months"] if (months := _typed(entry.max_age_months)) else []),
        *([f"level {entry.level}"] if entry.kind == SKILL and entry.level else []),
        *([f"from {quoted(entry.issuer)}"] if entry.issuer else []),
        *(["or prior learning"] if entry.allows_prior_learning else []),
    ]
    said = f"{entry.kind}: {quoted(entry.name)}"
    return said + (f" ({', '.join(limits)})" if limits else "")


def _typed(number: str) -> str:
    """Without what would begin another limit, or another line."""
    return re.sub(r"[\s(),]+", " ", number).strip()
