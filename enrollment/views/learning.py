"""A learner in a course: its outline and its units."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import Unit
from enrollment import actions
from enrollment.models import Correction, Enrollment
from enrollment.progress import outline, units_of
from enrollment.views.assignments import render_assignment
from enrollment.views.common import (
    crumbs,
    may_learn,
    mine,
    my_unit,
    not_active,
    render_unit,
    require_post_or_return,
    unit_url,
)
from enrollment.views.joining import other_runs
from enrollment.views.quizzes import render_quiz

SELF_FINISHED = (Unit.Kind.LESSON, Unit.Kind.EXTERNAL)


@require_safe
def course(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    enrollment = mine(request, enrollment_id)
    return render(
        request,
        "enrollment/course.html",
        {
            "enrollment": enrollment,
            "crumbs": crumbs(enrollment),
            "course": enrollment.run.course,
            "outline": outline(enrollment),
            "challenge": units_of(enrollment).filter(is_challenge=True).first(),
            "has_other_runs": bool(other_runs(enrollment)),
            "refusal": enrollment.corrections.filter(kind=Correction.Kind.REFUSED).last()
            if enrollment.status == Enrollment.Status.LAPSED
            else None,
        },
    )


@require_safe
def unit(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    enrollment, unit = my_unit(request, enrollment_id, unit_id)
    if not may_learn(enrollment):
        return not_active(request, enrollment)
    if request.method == "GET" and not enrollment.progress.filter(unit=unit).exists():
        actions.open_unit(enrollment=enrollment, unit=unit, at=timezone.now())
    if unit.is_assignment:
        return render_assignment(request, enrollment, unit)
    if unit.is_quiz:
        return render_quiz(request, enrollment, unit)
    return render_unit(request, enrollment, unit)


@require_post_or_return
def finish(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    """Mark a lesson or an external activity as done; a quiz is only finished by passing it."""
    enrollment, unit = my_unit(request, enrollment_id, unit_id, kinds=SELF_FINISHED)
    if request.method != "POST":
        return redirect(unit_url(enrollment, unit))
    try:
        actions.finish_unit(enrollment=enrollment, unit=unit, at=timezone.now())
    except actions.NotActive:
        return not_active(request, enrollment)
    following = outline(enrollment)
    next_unit = following.after(unit) or following.next_unit
    if following.next_unit is None or next_unit is None:
        return redirect("enrollment:course", enrollment.public_id)
    return redirect(unit_url(enrollment, next_unit))


@require_POST
def time(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    """The page says that it has been looked at for some seconds more."""
    enrollment, unit = my_unit(request, enrollment_id, unit_id)
    said = request.POST.get("seconds", "")
    seconds = int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else 0
    if may_learn(enrollment) and seconds:
        actions.spend_time(enrollment=enrollment, unit=unit, seconds=seconds, at=timezone.now())
    return HttpResponse(status=204)
