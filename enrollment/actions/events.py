"""Progress that other systems report: stored once each, in whatever order it comes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from enrollment import recording
from enrollment.actions.completing import complete_if_due
from enrollment.models import Enrollment
from enrollment.progress import finished
from enrollment.recording import Event

MOST_AT_ONCE = 1000

_NEVER_HAD_A_SEAT = frozenset(
    {
        Enrollment.Status.REQUESTED,
        Enrollment.Status.WAITLISTED,
        Enrollment.Status.OFFERED,
        Enrollment.Status.LAPSED,
    }
)


def record_events(events: Sequence[Event], *, received_at: datetime.datetime) -> int:
    """Store the events that are new and what they say of progress; say how many were new.

    All of them or, when one is refused by the database, none. The units must belong to the
    enrollments' courses: the caller has looked them up. What a crash leaves before the last line,
    the sweep completes.
    """
    if len(events) > MOST_AT_ONCE:
        raise ValueError(f"Send at most {MOST_AT_ONCE} events at once.")
    if not events:
        return 0
    new, done = recording.store(events, received_at=received_at)
    for enrollment_id in done:
        complete_if_due(enrollment_id=enrollment_id, at=received_at)
    return new


def complete_finished(*, at: datetime.datetime) -> int:
    """Complete whoever has done all there is to do; say how many were looked at."""
    found = finished()
    for enrollment_id in found:
        complete_if_due(enrollment_id=enrollment_id, at=at)
    return len(found)


def may_report(enrollment: Enrollment) -> bool:
    """Events count for whoever has had a seat, also when they come late."""
    return enrollment.had_seat and enrollment.status not in _NEVER_HAD_A_SEAT
