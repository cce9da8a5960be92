"""The learner's home."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import Occupation
from enrollment import actions, calendars
from enrollment.nearest import MOST_TRACKS, nearest, on_tracks
from enrollment.prerequisites import evidence
from enrollment.progress import with_place_in_line, with_progress
from enrollment.recommending import advice
from enrollment.views.common import require_post_or_return

MOST_COMPLETED = 6
"""The rest is a list to open."""


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
    completed = sorted(
        (one for one in enrollments if one.is_completed),
        key=lambda one: one.completed_at or one.enrolled_at,
        reverse=True,
    )
    tracks = on_tracks(evidence(request.user), at=timezone.now())
    return render(
        request,
        "enrollment/home.html",
        {
            "offered": sorted(offered, key=lambda one: one.offer_ends_at or one.enrolled_at),
            "next": active[0] if active and not offered else None,
            "active": active,
            "waitlisted": [one for one in enrollments if one.is_waitlisted or one.is_requested],
            "completed": completed[:MOST_COMPLETED],
            "completed_before": completed[MOST_COMPLETED:],
            "nearest": nearest(tracks),
            "tracks": tracks[1:MOST_TRACKS],
            "advice": advice(request.user),
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


@require_post_or_return
def goal(request: AuthenticatedRequest, occupation_id: uuid.UUID) -> HttpResponse:
    """Aim for this occupation, or no longer."""
    occupation = get_object_or_404(Occupation, public_id=occupation_id)
    if request.method == "POST" and "give_up" in request.POST:
        actions.give_up_goal(learner=request.user)
    elif request.method == "POST":
        actions.aim_for(learner=request.user, occupation=occupation, at=timezone.now())
        messages.success(request, _("Courses are now recommended for what you aim for."))
        return redirect("enrollment:home")
    return redirect(occupation)
