"""Live sessions: when they are, and whether the learner came."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from catalog.models import LiveSession, Unit
from enrollment.models import Enrollment

register = template.Library()


@register.inclusion_tag("enrollment/_session_time.html")
def session_time(session: LiveSession) -> dict[str, Any]:
    return {"session": session, "zone": session.run.time_zone}


@register.inclusion_tag("enrollment/_sessions.html")
def my_sessions(enrollment: Enrollment, unit: Unit | None = None) -> dict[str, Any]:
    """The sessions of the learner's run, or those of one unit in it."""
    found = LiveSession.objects.filter(run=enrollment.run_id).select_related("unit", "run")
    if unit is not None:
        found = found.filter(unit=unit)
    sessions = list(found)
    marks = enrollment.attendances.in_force().filter(session__in=sessions) if sessions else []
    came = {one.session_id: one.is_present for one in marks}
    now = timezone.now()
    return {
        "enrollment": enrollment,
        "unit": unit,
        "sessions": [
            {"session": one, "came": came.get(one.pk), "is_over": one.ends_at < now}
            for one in sessions
        ],
    }
