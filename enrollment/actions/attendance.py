"""Marking who came to a live session, which finishes its unit for them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from catalog.models import LiveSession
from enrollment.actions.assignments import ReasonMissing
from enrollment.actions.events import MOST_AT_ONCE, record_events
from enrollment.models import Attendance, Enrollment, ProgressEvent
from enrollment.recording import Event
from enrollment.teaching import learners_at
from lib.batches import batched

SOURCE = "cairn:attendance"


class NotBegun(Exception):
    """The session is still to come: nobody can have been there."""


@transaction.atomic
def mark_attendance(
    *,
    session: LiveSession,
    marks: Mapping[int, bool],
    by: User,
    at: datetime.datetime,
    reason: str = "",
) -> int:
    """Mark the learners of the session's run, by enrollment id; returns how many marks are new.

    The unit of whoever came is finished as of the end of the session, and stays finished when the
    mark is corrected later: progress never goes backwards. A mark that says what the one before
    said is none. Raises ``ReasonMissing``, having done nothing, if one is corrected without
    ``reason``; nobody marks themselves.
    """
    # Of two people who mark the same list, the second sees the marks of the first.
    session = LiveSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    if session.starts_at > at:
        raise NotBegun(session)
    learners = {
        one.pk: one for one in learners_at(session).filter(pk__in=marks).exclude(learner=by)
    }
    known = {one.enrollment_id: one for one in session.attendances.in_force()}
    rows = [
        Attendance(
            session=session,
            enrollment=learners[pk],
            number=known[pk].number + 1 if pk in known else 1,
            is_present=is_present,
            by=by,
            at=at,
            reason=reason if pk in known else "",
        )
        for pk, is_present in marks.items()
        if pk in learners and (pk not in known or known[pk].is_present != is_present)
    ]
    if not reason and any(row.number > 1 for row in rows):
        raise ReasonMissing(session)
    Attendance.objects.bulk_create(rows)
    _finish_unit(session, [row.enrollment for row in rows if row.is_present], at=at)
    return len(rows)


def _finish_unit(session: LiveSession, present: list[Enrollment], *, at: datetime.datetime) -> None:
    events = (
        Event(
            source=SOURCE,
            event_id=f"{session.public_id}:{enrollment.public_id}",
            enrollment_id=enrollment.pk,
            unit_id=session.unit_id,
            verb=ProgressEvent.Verb.COMPLETED,
            at=min(session.ends_at, at),
        )
        for enrollment in present
    )
    for some in batched(events, MOST_AT_ONCE):
        record_events(some, received_at=at)
