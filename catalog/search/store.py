"""The index's files on this host: made, brought up to date, replaced, found broken.

All of it can be lost: it is made of the database again. One process at a time writes, the others
of the host read what it has written::

    <folder>/state.json      which of the indexes is in use, and up to which change it is
    <folder>/<number>/       an index
    <folder>/lock            held by who writes to the index in use
    <folder>/building        held by who makes another
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
from dataclasses import asdict, dataclass, field, replace
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
    files: dict[str, list[int]] = field(default_factory=dict)
    """Size and time of the index's files, which nobody writes to once they are made."""


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

    def is_intact(self, state: State) -> bool:
        """Whether the files are those that were written. Costs a look at each, not a reading."""
        return all(
            _look_of(self.folder / state.folder / name) == look
            for name, look in state.files.items()
        )

    def is_damaged(self, state: State) -> bool:
        """Whether files are not as written, though nobody writes and this is the index in use."""
        with contextlib.suppress(Busy), self._lock("lock"):
            try:
                return self.state() == state and not self.is_intact(state)
            except Unusable:
                return True
        return False

    def pending(self, state: State, *, day: datetime.date, at: datetime.datetime) -> Pending:
        """What the index has not seen."""
        read_at = datetime.datetime.fromisoformat(state.read_at)
        if at - read_at > KEPT:
            return Pending(everything=True)
        seen = set(state.later)
        rows = [
            row
            for row in SearchChange.objects.filter(pk__gt=state.position).values_list(
                "pk", "course_id"
            )
            if row[0] not in seen
        ]
        of_all = [number for number, course_id in rows if course_id is None]
        return Pending(
            everything=bool(of_all) or state.day != day.isoformat(),
            course_ids=frozenset(course_id for _, course_id in rows if course_id),
            numbers=tuple(number for number, course_id in rows if course_id),
            up_to=min(of_all, default=None),
        )

    def build(self, *, day: datetime.date, at: datetime.datetime) -> State:
        """A new index of the whole catalog, put in the place of the old one when it is ready."""
        with self._lock("building"):
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
                files=_looks(folder),
            )
            with self._lock("lock", wait=True):
                # What has changed meanwhile is in the old index already, and must not be missed.
                if changed := self.pending(state, day=day, at=at):
                    state = self._bring_in(state, changed, day=day, at=at)
                self._put(state)
                self._remove_others(name)
            return state

    def apply(
        self, state: State, pending: Pending, *, day: datetime.date, at: datetime.datetime
    ) -> State:
        """Bring single courses up to date. Doing it twice does no harm."""
        with self._lock("lock"):
            if self.state() != state:
                # Another process was faster, perhaps with an index of its own.
                raise Busy
            updated = self._bring_in(state, pending, day=day, at=at)
            self._put(updated)
            return updated

    def _bring_in(
        self, state: State, pending: Pending, *, day: datetime.date, at: datetime.datetime
    ) -> State:
        folder = self.folder / state.folder
        try:
            index = tantivy.Index.open(str(folder))
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
        # Never past a change of all, which only a new index brings in.
        passed = [n for n in old if pending.up_to is None or n < pending.up_to]
        position = max(passed, default=state.position)
        return replace(
            state,
            read_at=at.isoformat(),
            position=position,
            later=[number for number in seen if number > position],
            writes=state.writes + 1,
            files=_looks(folder),
        )

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
    def _lock(self, name: str, *, wait: bool = False) -> Iterator[None]:
        """Given back by the system when the process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise Busy from error
            yield


def _looks(folder: Path) -> dict[str, list[int]]:
    # The library rewrites its lists of files (*.json), and what it holds its own lock by.
    paths = [path for path in folder.iterdir() if path.suffix not in {".json", ".lock"}]
    return {path.name: look for path in paths if (look := _look_of(path))}


def _look_of(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


@dataclass(frozen=True)
class Pending:
    everything: bool = False
    course_ids: frozenset[int] = frozenset()
    numbers: tuple[int, ...] = ()
    up_to: int | None = None
    """The first change of all that is not brought in."""

    def __bool__(self) -> bool:
        return self.everything or bool(self.course_ids)


def _numbers(at: datetime.datetime) -> tuple[int, list[int]]:
    """The changes that are in whatever is read from now on."""
    old = SearchChange.objects.filter(at__lt=at - OVERLAP).order_by("-pk").values_list("pk").first()
    position = old[0] if old else 0
    later = SearchChange.objects.filter(pk__gt=position).values_list("pk", flat=True)
    return position, list(later)
