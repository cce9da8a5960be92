"""Saying in time what starts soon."""

from __future__ import annotations

import datetime

from django.urls import reverse

from catalog.models import LiveSession
from enrollment.models import Enrollment
from notifications.actions import notify
from notifications.models import Kind

RUN_AHEAD = datetime.timedelta(days=3)
SESSION_AHEAD = datetime.timedelta(hours=24)


def remind(*, at: datetime.datetime) -> None:
    """Tell active learners of runs and sessions that start soon. Each is told once."""
    days = (at.date(), (at + RUN_AHEAD).date())
    starting = Enrollment.objects.active().filter(run__starts_on__range=days)
    for enrollment in starting.select_related("learner", "run__course").iterator(chunk_size=200):
        _remind(enrollment, starts=enrollment.run.starts_on, key=str(enrollment.run_id), at=at)
    sessions = LiveSession.objects.filter(starts_at__gt=at, starts_at__lte=at + SESSION_AHEAD)
    for session in sessions.select_related("run"):
        coming = Enrollment.objects.active().filter(run=session.run_id)
        for enrollment in coming.select_related("learner", "run__course").iterator(chunk_size=200):
            _remind(enrollment, starts=session.starts_at, key=str(session.public_id), at=at)


def _remind(enrollment: Enrollment, *, starts: object, key: str, at: datetime.datetime) -> None:
    if not enrollment.learner.is_active:
        return
    notify(
        recipient=enrollment.learner,
        kind=Kind.STARTS_SOON,
        key=f"starts:{enrollment.public_id}:{key}",
        context={
            "course": enrollment.run.course.title,
            "run": enrollment.run.title,
            "starts": starts,
        },
        link=reverse("enrollment:course", args=[enrollment.public_id]),
        at=at,
    )
