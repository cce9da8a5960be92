"""The revocation journal: a file beside the database that is only ever appended to.

Restoring yesterday's backup must not make valid again what was revoked since. So a line is on the
disk before the transaction that revokes is committed, and a database that does not know the end
of the journal (``JournalPosition`` is restored with it) carries out what it has missed. A line
whose transaction failed after all is carried out then, too: somebody had decided it.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A credential and where its bit is."""

    credential: uuid.UUID
    status_list: uuid.UUID
    index: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One revocation: of an award with its credentials, or of credentials alone."""

    at: datetime.datetime
    reason: str
    by: uuid.UUID | None = None
    award: uuid.UUID | None = None
    cause: str = ""
    places: Sequence[Place] = ()


def path() -> Path:
    return Path(settings.REVOCATION_JOURNAL)


def size() -> int:
    try:
        return path().stat().st_size
    except FileNotFoundError:
        return 0


def append(entry: Entry) -> None:
    """Returns once the line is on the disk. Call it last before the transaction ends."""
    line = json.dumps(_as_json(entry), ensure_ascii=False) + "\n"
    path().parent.mkdir(parents=True, exist_ok=True)
    is_new = not path().exists()
    handle = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # Several processes write it; a line that a crash cut off must not swallow the next.
        fcntl.flock(handle, fcntl.LOCK_EX)
        end = os.fstat(handle).st_size
        is_whole = not end or os.pread(handle, 1, end - 1) == b"\n"
        os.write(handle, line.encode() if is_whole else b"\n" + line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(path().parent)


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(*, start: int) -> Iterator[tuple[Entry, int]]:
    """The entries after so many bytes, each with the position behind it."""
    try:
        file = path().open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(start)
        for line in file:
            start += len(line)
            if not line.endswith(b"\n"):
                # It is being written, or was cut off and never committed.
                return
            try:
                yield _from_json(json.loads(line)), start
            except (ValueError, KeyError, TypeError):
                if line.strip():
                    logger.error(
                        "a line of the revocation journal cannot be read, before %s", start
                    )


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "reason": entry.reason,
        "by": str(entry.by) if entry.by else None,
        "award": str(entry.award) if entry.award else None,
        "cause": entry.cause,
        "credentials": [
            [str(place.credential), str(place.status_list), place.index] for place in entry.places
        ],
    }


def _from_json(said: dict[str, Any]) -> Entry:
    return Entry(
        at=datetime.datetime.fromisoformat(said["at"]),
        reason=str(said["reason"]),
        by=uuid.UUID(said["by"]) if said["by"] else None,
        award=uuid.UUID(said["award"]) if said["award"] else None,
        cause=str(said["cause"]),
        places=[
            Place(credential=uuid.UUID(credential), status_list=uuid.UUID(listed), index=int(index))
            for credential, listed, index in said["credentials"]
        ],
    )
