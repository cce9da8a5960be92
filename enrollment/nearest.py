"""The credential that is fewest hours away, and the courses that lead there."""

from __future__ import annotations

from collections.abc import Collection

from catalog import reach
from catalog.models import Track
from catalog.pages import published_tracks
from catalog.reach import Need, Way
from catalog.remembering import remembered


def nearest(done: Collection[int]) -> Way | None:
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
    _, _, track, need = best
    return reach.way(track, need, done=done)


def _needs() -> list[tuple[Track, Need]]:
    tracks = list(published_tracks())
    return list(zip(tracks, reach.needs(tracks), strict=True))
