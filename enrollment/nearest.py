"""The credential that is fewest hours away, and the courses that lead there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog import reach
from catalog.models import Course, Track
from catalog.pages import published_tracks
from catalog.reach import Need
from catalog.remembering import remembered

MOST_COURSES = 4


@dataclass(frozen=True)
class Nearest:
    """``left`` and ``total`` are in minutes; ``courses`` are the first of those still to take."""

    track: Track
    left: int
    total: int
    courses: list[Course]
    more: int

    @property
    def done(self) -> int:
        return self.total - self.left


def nearest(done: Collection[int]) -> Nearest | None:
    """Of the tracks that something of was completed, the one with the least left.

    ``None`` when no completed course counts towards a track that is not finished.
    """
    best: tuple[int, str, Track, Need] | None = None
    for track, need in remembered("needs of all tracks", _needs):
        left = reach.minutes_left(need, done)
        if not 0 < left < reach.minutes_left(need, ()):
            continue
        if best is None or (left, track.title) < best[:2]:
            best = (left, track.title, track, need)
    if best is None:
        return None
    left, _, track, need = best
    ids = reach.cheapest(need, done)
    found = Course.objects.published().in_bulk(ids[:MOST_COURSES])
    return Nearest(
        track=track,
        left=left,
        total=reach.minutes_left(need, ()),
        courses=[found[pk] for pk in ids if pk in found],
        more=max(0, len(ids) - MOST_COURSES),
    )


def _needs() -> list[tuple[Track, Need]]:
    tracks = list(published_tracks())
    return list(zip(tracks, reach.needs(tracks), strict=True))
