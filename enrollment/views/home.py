"""The learner's home."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from enrollment import calendars
from enrollment.nearest import nearest
from enrollment.progress import with_place_in_line, with_progress


@require_safe
def home(request: AuthenticatedRequest) -> HttpResponse:
    mine = with_place_in_line(
        with_progress(request.user.enrollments.live().select_related("run__course__provider"))
    )
    enrollments = list(mine)
    active = sorted(
        (one for one in enrollments if one.is_active),
        key=lambda one: one.last_opened_at or one.enrolled_at,  # type: ignore[attr-defined]
        reverse=True,
    )
    offered = [one for one in enrollments if one.is_offered]
    completed = [one for one in enrollments if one.is_completed]
    return render(
        request,
        "enrollment/home.html",
        {
            "offered": sorted(offered, key=lambda one: one.offer_ends_at or one.enrolled_at),
            "next": active[0] if active and not offered else None,
            "active": active,
            "waitlisted": [one for one in enrollments if one.is_waitlisted or one.is_requested],
            "completed": sorted(
                completed, key=lambda one: one.completed_at or one.enrolled_at, reverse=True
            ),
            "nearest": nearest({one.run.course_id for one in completed}) if completed else None,
            "calendar": calendars.calendar_address(request.user),
        },
    )


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The learner's dates, for a calendar program that has the address."""
    user = calendars.owner_of(token)
    if user is None:
        raise Http404
    text = calendars.feed(calendars.entries(user), at=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    return response
