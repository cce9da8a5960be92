"""Applies rows in the order in which they depend on each other, each in its own transaction."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from typing import Any, Protocol

from django.db import DataError, IntegrityError, transaction

from catalog.actions import CannotPublish
from catalog.importing import courses, creating, organizations, skills, tracks
from catalog.importing.fields import Invalid, said
from catalog.importing.format import PARSERS
from catalog.importing.outcomes import Outcome, Verdict
from catalog.importing.reading import Catalog, Row
from catalog.importing.rules import named_tracks
from catalog.rules import InvalidRule

BATCH = 100
"""How many rows look up together what they refer to."""

Progress = Callable[[], object]


class Importer(Protocol):
    def __call__(self, row: dict[str, Any], *, at: datetime.datetime) -> Verdict: ...


IMPORTERS: dict[str, Callable[[list[dict[str, Any]]], Importer]] = {
    "organizations": organizations.importer,
    "skills": skills.importer,
    "courses": courses.importer,
    "tracks": tracks.importer,
}


def count(catalog: Catalog) -> int:
    return len(catalog.rows)


def apply(
    catalog: Catalog,
    *,
    at: datetime.datetime,
    is_dry_run: bool = False,
    progress: Progress = lambda: None,
) -> list[Outcome]:
    """Apply every row that can be applied, and say of each what became of it.

    Repeating it changes nothing. A dry run does all of it and takes it back: what was to happen
    after a commit does not happen.
    """
    with transaction.atomic() if is_dry_run else nullcontext():
        outcomes = [*catalog.refused, *_apply_all(catalog.rows, at=at, progress=progress)]
        if is_dry_run:
            transaction.set_rollback(True)
    return outcomes


def _apply_all(rows: list[Row], *, at: datetime.datetime, progress: Progress) -> Iterator[Outcome]:
    for kind, to_importer in IMPORTERS.items():
        of_kind = [row for row in rows if row.kind == kind]
        unique = yield from _refuse_repeated(of_kind, progress)
        if kind == "tracks":
            unique = yield from _in_order(unique, progress)
        for start in range(0, len(unique), BATCH):
            checked = yield from _check(unique[start : start + BATCH], progress)
            cleaned = [clean for _, clean in checked]
            created = creating.create(cleaned, at=at) if kind == "courses" else set()
            importer = to_importer(cleaned)
            for row, clean in checked:
                if row.key in created:
                    yield row.outcome(Verdict.CREATED)
                else:
                    yield _apply_one(row, clean, importer, at=at)
                progress()


def _refuse_repeated(rows: list[Row], progress: Progress) -> Generator[Outcome, None, list[Row]]:
    first: dict[str, Row] = {}
    unique = []
    for row in rows:
        earlier = first.setdefault(row.key, row)
        if row.key and earlier is not row:
            where = f"{earlier.file}, {earlier.place}"
            yield row.outcome(Verdict.REFUSED, f"{said(row.key)} is there already: {where}")
            progress()
        else:
            unique.append(row)
    return unique


def _check(
    rows: list[Row], progress: Progress
) -> Generator[Outcome, None, list[tuple[Row, dict[str, Any]]]]:
    checked = []
    for row in rows:
        try:
            checked.append((row, PARSERS[row.kind](row.data)))
        except Invalid as error:
            yield row.outcome(Verdict.REFUSED, _reason(row, error))
            progress()
    return checked


def _in_order(rows: list[Row], progress: Progress) -> Generator[Outcome, None, list[Row]]:
    """Tracks after the tracks that they rest on; those in a circle are refused."""
    checked = yield from _check(rows, progress)
    waiting = {clean["external_id"]: (row, named_tracks(clean["rule"])) for row, clean in checked}
    ordered: list[Row] = []
    while waiting:
        ready = [key for key, (_, needs) in waiting.items() if not needs & waiting.keys()]
        ordered += [waiting.pop(key)[0] for key in ready]
        if not ready:
            break
    # What merely rests on a circle is not part of it: there, its reference will say what is wrong.
    for key, (row, needs) in waiting.items():
        if key in _reached(needs, waiting):
            circle = "rule: the tracks that it names lead back to itself; remove one of them"
            yield row.outcome(Verdict.REFUSED, circle)
            progress()
        else:
            ordered.append(row)
    return ordered


def _reached(start: set[str], waiting: dict[str, tuple[Row, set[str]]]) -> set[str]:
    reached, frontier = set(start), list(start)
    while frontier:
        _, needs = waiting.get(frontier.pop(), (None, set()))
        frontier += needs - reached
        reached |= needs
    return reached


def _apply_one(
    row: Row, clean: dict[str, Any], importer: Importer, *, at: datetime.datetime
) -> Outcome:
    try:
        with transaction.atomic():
            return row.outcome(importer(clean, at=at))
    except Invalid as error:
        return row.outcome(Verdict.REFUSED, _reason(row, error))
    except (CannotPublish, InvalidRule) as error:
        return row.outcome(Verdict.REFUSED, str(error))
    except (IntegrityError, DataError) as error:
        reason = f"the database refuses it ({str(error).splitlines()[0]}); import it again"
        return row.outcome(Verdict.REFUSED, reason)


def _reason(row: Row, error: Invalid) -> str:
    return "; ".join(row.located(problem) for problem in error.problems)
