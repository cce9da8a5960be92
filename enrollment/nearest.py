"""The tracks that a learner is on, and the credential among them that is fewest hours away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from catalog import reach
from catalog.models import Course, Track
from catalog.pages import published_tracks
from catalog.reach import MOST_COURSES, Need, Way
from catalog.remembering import remembered
from catalog.stacks import Loader

MOST_TRACKS = 6


@dataclass(frozen=True)
class OnTrack:
    """A track of which something was completed and something is left, in minutes."""

    track: Track
    need: Need
    courses: Mapping[int, Course]
    left: int
    total: int

    @property
    def done(self) -> int:
        return self.total - self.left


def on_tracks(done: Collection[int]) -> list[OnTrack]:
    """The tracks that something of was completed and that are not finished, the nearest first."""
    needs, courses = remembered("needs of all tracks", _needs)
    found = [
        OnTrack(track, need, courses, left, total)
        for track, need in needs
        if 0 < (left := reach.minutes_left(need, done)) < (total := reach.minutes_left(need, ()))
    ]
    return sorted(found, key=lambda one: (one.left, one.track.title))


def nearest(tracks: list[OnTrack], done: Collection[int]) -> Way | None:
    """The shortest way to the nearest of them, with the courses that lead there."""
    if not tracks:
        return None
    best = tracks[0]
    ids = reach.cheapest(best.need, done)
    first = [best.courses[pk] for pk in ids[:MOST_COURSES] if pk in best.courses]
    return Way(
        track=best.track,
        left=best.left,
        total=best.total,
        courses=first,
        more=max(0, len(ids) - MOST_COURSES),
    )


def _needs() -> tuple[list[tuple[Track, Need]], dict[int, Course]]:
    """What all tracks ask for, with the courses that they name and that can be taken."""
    tracks = list(published_tracks())
    loader = Loader(*(track.achievement for track in tracks))
    courses = {pk: course for pk, course in loader.courses.items() if course.is_published}
    return list(zip(tracks, reach.needs(tracks, loader), strict=True)), courses
