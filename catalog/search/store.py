"""The index's files on this host: made, brought up to date, replaced, found broken.

All of it can be lost: it is made of the database again. One process at a time writes, the others
of the host read what it has written::

    <folder>/state.json      which of the indexes is in use, and up to which change it is
    <folder>/<number>/       an index
    <folder>/lock            held by who writes
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from catalog.models import SearchChange
from catalog.search import schema
from catalog.search.changes import KEPT
from catalog.search.entries import entries

WRITER_BYTES = 64_000_000
OVERLAP = datetime.timedelta(minutes=10)
"""Changes are numbered when they are written, and seen when they are committed: a long
transaction's come late, with numbers that are passed already. So far back is looked again."""


class Busy(Exception):
    """Another process of this host is writing."""


class Unusable(Exception):
    """There is no index, or it cannot be read, or other code has made it."""


@dataclass(frozen=True)
class State:
    version: str
    folder: str
    day: str
    """As of which what starts, and what is open, was counted."""
    read_at: str
    """When the changes were last looked at."""
    position: int = 0
    """All changes up to this one are in the index."""
    later: list[int] = field(default_factory=list)
    """And these, after it."""
    writes: int = 0


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def state(self) -> State:
        try:
            state = State(**json.loads((self.folder / "state.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise Unusable from error
        if state.version != schema.version():
            raise Unusable
        return state

    def open(self, state: State) -> Any:
        """A searcher over what ``state`` names, which later writing does not change."""
        try:
            index = tantivy.Index.open(str(self.folder / state.folder))
            index.reload()
            return index.searcher()
        # The library says all that is wrong with files by ValueError; a panic is no Exception.
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            raise Unusable from error

    def pending(self, state: State, *, day: datetime.date, at: datetime.datetime) -> Pending:
        """What the index has not seen."""
        read_at = datetime.datetime.fromisoformat(state.read_at)
        if state.day != day.isoformat() or at - read_at > KEPT:
            return Pending(everything=True)
        seen = set(state.later)
        rows = [
            row
            for row in SearchChange.objects.filter(pk__gt=state.position).values_list(
                "pk", "course_id", "at"
            )
            if row[0] not in seen
        ]
        return Pending(
            everything=any(course_id is None for _, course_id, _ in rows),
            course_ids=frozenset(course_id for _, course_id, _ in rows if course_id),
            numbers=tuple(number for number, _, _ in rows),
        )

    def build(self, *, day: datetime.date, at: datetime.datetime) -> State:
        """A new index of the whole catalog, put in the place of the old one when it is ready."""
        with self._lock():
            position, later = _numbers(at)
            name = f"{time.time_ns()}"
            folder = self.folder / name
            folder.mkdir(parents=True)
            index = tantivy.Index(schema.SCHEMA, path=str(folder))
            writer = index.writer(WRITER_BYTES, 1)
            for entry in entries(day=day):
                writer.add_document(schema.document(entry))
            writer.commit()
            writer.wait_merging_threads()
            state = State(
                version=schema.version(),
                folder=name,
                day=day.isoformat(),
                read_at=at.isoformat(),
                position=position,
                later=later,
            )
            self._put(state)
            self._remove_others(name)
            return state

    def apply(
        self, state: State, pending: Pending, *, day: datetime.date, at: datetime.datetime
    ) -> State:
        """Bring single courses up to date. Doing it twice does no harm."""
        with self._lock():
            try:
                index = tantivy.Index.open(str(self.folder / state.folder))
                writer = index.writer(WRITER_BYTES, 1)
            except ValueError as error:
                raise Unusable from error
            for course_id in pending.course_ids:
                # By query: the library looks for a bare number as a signed one, which ours is not.
                writer.delete_documents_by_query(
                    tantivy.Query.term_query(schema.SCHEMA, "pk", course_id)
                )
            for entry in entries(day=day, course_ids=pending.course_ids):
                writer.add_document(schema.document(entry))
            writer.commit()
            writer.wait_merging_threads()
            seen = sorted({*state.later, *pending.numbers})
            old = set(
                SearchChange.objects.filter(pk__in=seen, at__lt=at - OVERLAP).values_list(
                    "pk", flat=True
                )
            )
            updated = State(
                **{
                    **asdict(state),
                    "read_at": at.isoformat(),
                    "position": max(old, default=state.position),
                    "later": [number for number in seen if number not in old],
                    "writes": state.writes + 1,
                }
            )
            self._put(updated)
            return updated

    def discard(self) -> None:
        """Make the next reader build it anew."""
        (self.folder / "state.json").unlink(missing_ok=True)

    def _put(self, state: State) -> None:
        path = self.folder / f"state.{os.getpid()}"
        path.write_text(json.dumps(asdict(state)))
        path.replace(self.folder / "state.json")

    def _remove_others(self, name: str) -> None:
        # Who still reads from one keeps it until they let go of it.
        for path in self.folder.iterdir():
            if path.is_dir() and path.name != name:
                shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Given back by the system when the process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy from error
            yield


@dataclass(frozen=True)
class Pending:
    everything: bool = False
    course_ids: frozenset[int] = frozenset()
    numbers: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return self.everything or bool(self.course_ids)


def _numbers(at: datetime.datetime) -> tuple[int, list[int]]:
    """The changes that are in whatever is read from now on."""
    old = SearchChange.objects.filter(at__lt=at - OVERLAP).order_by("-pk").values_list("pk").first()
    position = old[0] if old else 0
    later = SearchChange.objects.filter(pk__gt=position).values_list("pk", flat=True)
    return position, list(later)
