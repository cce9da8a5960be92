"""The tracks that a learner is on, and the credential among them that is fewest hours away."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass

from catalog import reach
from catalog.judging import Evidence
from catalog.models import Course, Track
from catalog.pages import published_tracks
from catalog.reach import Need, Progress, Way
from catalog.remembering import remembered
from catalog.stacks import Loader

MOST_TRACKS = 6


@dataclass(frozen=True)
class OnTrack:
    """A track of which something counts already and something is left, in minutes."""

    track: Track
    progress: Progress
    courses: Mapping[int, Course]

    @property
    def left(self) -> float:
        return self.progress.left

    @property
    def total(self) -> float:
        return self.progress.need.total

    @property
    def done(self) -> float:
        return self.total - self.left


def on_tracks(evidence: Evidence, *, at: datetime.datetime) -> list[OnTrack]:
    """The tracks that something counts towards and that are not finished, the nearest first."""
    needs, courses = remembered("needs of all tracks", _needs)
    all_of_them = (
        OnTrack(track, Progress(need, evidence, at=at), courses) for track, need in needs
    )
    found = [one for one in all_of_them if 0 < one.left < one.total < math.inf]
    return sorted(found, key=lambda one: (one.left, one.track.title))


def nearest(tracks: list[OnTrack]) -> Way | None:
    """The shortest way to the nearest of them, with the courses that lead there."""
    if not tracks:
        return None
    best = tracks[0]
    return reach.way(best.track, best.progress, best.courses)


def _needs() -> tuple[list[tuple[Track, Need]], dict[int, Course]]:
    """What all tracks ask for, with the courses that they name and that can be taken."""
    tracks = list(published_tracks())
    loader = Loader(*(track.achievement for track in tracks))
    courses = {pk: course for pk, course in loader.courses.items() if course.is_published}
    return list(zip(tracks, reach.needs(tracks, loader), strict=True)), courses
