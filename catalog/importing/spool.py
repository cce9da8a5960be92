"""Rows on disk until it is their turn, so that memory does not grow with a catalog."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from typing import Any


class Spool:
    """Values by the place at which they were put. The file has no name and goes with the object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as its rows
        weakref.finalize(self, self._file.close)
        self._end = 0

    def put(self, value: Any) -> int:
        place = self._end
        self._file.seek(place)
        pickle.dump(value, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self._end = self._file.tell()
        return place

    def get(self, place: int) -> Any:
        self._file.seek(place)
        return pickle.load(self._file)  # noqa: S301 - nobody else can write to the file
