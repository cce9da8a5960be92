"""The index as one process of the web sees it: always current, or else not there."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.search.changes import forget_old
from catalog.search.store import Busy, Pending, State, Store, Unusable

logger = logging.getLogger(__name__)

LOOK_AGAIN = 1.0
"""Seconds between two looks at what has changed."""
AT_ONCE = 50
"""So many courses are brought up to date within a request; more, in the background."""
TRY_AGAIN = 0.1
"""Seconds until the next look when another process is writing."""
EXAMINE_AGAIN = 0.05
"""Seconds between two looks at the files themselves. They are mapped into memory: whoever reads
what is cut off is stopped by the system."""


class LiveIndex:
    """Asks the database at most once a second whether the index has missed something.

    The request that finds out does the work if it is little, so that whatever was published is
    found by the next search more than a second later, whoever searches, on every host.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._lock = threading.Lock()
        self._state: State | None = None
        self._searcher: Any = None
        self._look_at = self._examine_at = 0.0
        self._building: threading.Thread | None = None

    def searcher(self) -> Any | None:
        """None while the index is being made: the database answers instead."""
        now = time.monotonic()
        if now >= self._examine_at:
            self._examine_at = now + EXAMINE_AGAIN
            self._examine()
        if now >= self._look_at and self._lock.acquire(blocking=False):
            try:
                self._look_at = time.monotonic() + (LOOK_AGAIN if self._look() else TRY_AGAIN)
            finally:
                self._lock.release()
        return self._searcher

    def _examine(self) -> None:
        state = self._state
        if state and not self._store.is_intact(state):
            if self._store.is_damaged(state):
                logger.error("The search index is damaged. It is made anew.")
                self.lost()
            else:
                self._look_at = 0.0

    @property
    def generation(self) -> tuple[str, int]:
        """Other for each content of the index."""
        return (self._state.folder, self._state.writes) if self._state else ("", 0)

    def lost(self) -> None:
        """The index has failed: do without it until there is another."""
        self._searcher = self._state = None
        self._store.discard()
        self._look_at = 0.0

    def build(self) -> None:
        now = timezone.now()
        self._use(self._store.build(day=timezone.localdate(), at=now))

    def _look(self) -> bool:
        """Bring in what is new; False when that has to wait for another process."""
        now, today = timezone.now(), timezone.localdate()
        try:
            state = self._store.state()
            if state != self._state or self._searcher is None:
                self._use(state)
            pending = self._store.pending(state, day=today, at=now)
            is_little = len(pending.course_ids) <= AT_ONCE
            if pending.everything or not is_little:
                self._in_background(pending)
            # While all is made anew, which takes its time, single changes are found in the old.
            if pending.course_ids and is_little:
                self._use(self._store.apply(state, pending, day=today, at=now))
        except Busy:
            return False
        except Unusable:
            self._searcher = self._state = None
            self._in_background(Pending(everything=True))
        return True

    def _use(self, state: State) -> None:
        self._searcher = self._store.open(state)
        self._state = state

    def _in_background(self, pending: Pending) -> None:
        if self._building is None or not self._building.is_alive():
            self._building = threading.Thread(
                target=self._catch_up, args=[pending], name="search-index", daemon=True
            )
            self._building.start()

    def _catch_up(self, pending: Pending) -> None:
        try:
            if pending.everything or self._state is None:
                state = self._store.build(day=timezone.localdate(), at=timezone.now())
                # Once a day at least, and by somebody who has the time.
                forget_old()
            else:
                state = self._store.apply(
                    self._state, pending, day=timezone.localdate(), at=timezone.now()
                )
            with self._lock:
                self._use(state)
        except Busy:
            pass
        except Exception:
            # The next look begins anew; until then the database answers.
            logger.exception("The search index could not be made.")
        finally:
            connection.close()


_live: LiveIndex | None = None


def live() -> LiveIndex | None:
    """The index of this installation; None where the settings do without."""
    global _live  # noqa: PLW0603
    folder = settings.SEARCH_INDEX_DIR
    if folder is None:
        return None
    if _live is None or _live._store.folder != folder:
        _live = LiveIndex(folder)
    return _live


def generation() -> tuple[str, int] | None:
    """Other after each change of the catalog; None while there is no index to tell."""
    index = live()
    return index.generation if index and index.searcher() is not None else None
