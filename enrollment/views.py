"""A learner's own courses. Every query starts at the learner: what is others' is not found."""

from __future__ import annotations

import uuid
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import CourseRun, Question, Status, Unit
from enrollment import actions, results
from enrollment.forms import QuizForm
from enrollment.models import Enrollment
from enrollment.progress import outline, with_place_in_line, with_progress

# A form that was sent while signed out comes back as a GET after signing in: it is led to its page.
require_post_or_return = require_http_methods(["GET", "HEAD", "POST"])


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
    return render(
        request,
        "enrollment/home.html",
        {
            "next": active[0] if active else None,
            "active": active,
            "waitlisted": [one for one in enrollments if one.is_waitlisted],
            "completed": sorted(
                (one for one in enrollments if one.is_completed),
                key=lambda one: one.completed_at or one.enrolled_at,
                reverse=True,
            ),
        },
    )


@require_post_or_return
def enroll(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(
        CourseRun.objects.exclude(course__status=Status.DRAFT).select_related("course"),
        public_id=run_id,
    )
    if request.method != "POST":
        return redirect(run.course)
    if not request.user.credential_name:
        messages.info(request, "First say which name your credentials should carry.")
        query = urlencode({"next": run.course.get_absolute_url()})
        return redirect(f"{reverse('accounts:profile')}?{query}")
    try:
        enrollment = actions.enroll(learner=request.user, run=run, at=timezone.now())
    except actions.NotOpen:
        messages.error(request, "This run takes no new learners now. Look for another one.")
        return redirect(run.course)
    if enrollment.is_active:
        messages.success(request, f"Welcome to {run.course}. Start whenever you like.")
    return redirect("enrollment:course", enrollment.public_id)


@require_safe
def course(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    enrollment = _mine(request, enrollment_id)
    return render(
        request,
        "enrollment/course.html",
        {
            "enrollment": enrollment,
            "crumbs": _crumbs(enrollment),
            "course": enrollment.run.course,
            "outline": outline(enrollment),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    enrollment = _mine(request, enrollment_id)
    if not (enrollment.is_active or enrollment.is_waitlisted):
        messages.info(request, "There is nothing to withdraw from.")
        return redirect("enrollment:course", enrollment.public_id)
    if request.method != "POST":
        return render(
            request,
            "enrollment/withdraw.html",
            {
                "enrollment": enrollment,
                "crumbs": _crumbs(enrollment, here="Withdraw"),
                "course": enrollment.run.course,
            },
        )
    actions.withdraw(enrollment=enrollment, at=timezone.now())
    messages.success(request, f"You have left {enrollment.run.course}.")
    return redirect("enrollment:home")


@require_safe
def unit(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    enrollment, unit = _my_unit(request, enrollment_id, unit_id)
    if not _may_learn(enrollment):
        return _not_active(request, enrollment)
    if request.method == "GET" and not enrollment.progress.filter(unit=unit).exists():
        actions.open_unit(enrollment=enrollment, unit=unit, at=timezone.now())
    if not unit.is_quiz:
        return _render_unit(request, enrollment, unit)
    questions = _questions(unit)
    attempt = enrollment.attempts.filter(unit=unit).first()
    if attempt is not None and "again" not in request.GET:
        answered = results.answered(attempt, questions=questions)
        return _render_unit(request, enrollment, unit, attempt=attempt, answered=answered)
    return _render_unit(request, enrollment, unit, form=QuizForm(questions=questions))


@require_post_or_return
def finish(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    """Mark a lesson as done; a quiz is only finished by passing it."""
    enrollment, unit = _my_unit(request, enrollment_id, unit_id, kind=Unit.Kind.LESSON)
    if request.method != "POST":
        return redirect(_url(enrollment, unit))
    try:
        actions.finish_unit(enrollment=enrollment, unit=unit, at=timezone.now())
    except actions.NotActive:
        return _not_active(request, enrollment)
    following = outline(enrollment)
    next_unit = following.after(unit) or following.next_unit
    if following.next_unit is None or next_unit is None:
        return redirect("enrollment:course", enrollment.public_id)
    return redirect(_url(enrollment, next_unit))


@require_post_or_return
def submit(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    """Grade a quiz, and lead to its result."""
    enrollment, unit = _my_unit(request, enrollment_id, unit_id, kind=Unit.Kind.QUIZ)
    if request.method != "POST":
        return redirect(_url(enrollment, unit))
    if not _may_learn(enrollment):
        return _not_active(request, enrollment)
    form = QuizForm(request.POST, questions=_questions(unit))
    render_again = partial(_render_unit, request, enrollment, unit, form=form, status=422)
    if not form.is_valid():
        return render_again()
    try:
        actions.submit_quiz(
            enrollment=enrollment, unit=unit, answers=form.answers(), at=timezone.now()
        )
    except actions.UnansweredQuestions:
        # A question was added while the learner answered: the page now shows it.
        return render_again()
    except actions.NotActive:
        return _not_active(request, enrollment)
    return redirect(_url(enrollment, unit))


def _mine(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> Enrollment:
    mine = with_place_in_line(
        request.user.enrollments.select_related("run__course__provider", "learner")
    )
    return get_object_or_404(mine, public_id=enrollment_id)


def _my_unit(
    request: AuthenticatedRequest,
    enrollment_id: uuid.UUID,
    unit_id: uuid.UUID,
    *,
    kind: str | None = None,
) -> tuple[Enrollment, Unit]:
    enrollment = _mine(request, enrollment_id)
    units = enrollment.run.course.units.all()
    if kind:
        units = units.filter(kind=kind)
    return enrollment, get_object_or_404(units, public_id=unit_id)


def _may_learn(enrollment: Enrollment) -> bool:
    return enrollment.is_active or enrollment.is_completed


def _not_active(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    if enrollment.is_waitlisted:
        messages.info(request, "You are still on the waitlist: the units open with your seat.")
    else:
        messages.info(request, "You no longer take this course. Enroll again to go on.")
    return redirect("enrollment:course", enrollment.public_id)


def _questions(unit: Unit) -> list[Question]:
    return list(unit.questions.prefetch_related("choices"))


def _url(enrollment: Enrollment, unit: Unit) -> str:
    return reverse("enrollment:unit", args=[enrollment.public_id, unit.public_id])


def _crumbs(enrollment: Enrollment, *, here: str = "") -> list[dict[str, str]]:
    """The way from the learner's list to the course, and to what is open in it."""
    crumbs = [
        {"label": "My learning", "url": reverse("enrollment:home")},
        {"label": Truncator(str(enrollment.run.course)).chars(50)},
    ]
    if here:
        crumbs[1]["url"] = reverse("enrollment:course", args=[enrollment.public_id])
        crumbs.append({"label": Truncator(here).chars(50)})
    return crumbs


def _render_unit(
    request: HttpRequest,
    enrollment: Enrollment,
    unit: Unit,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    steps = outline(enrollment)
    return render(
        request,
        "enrollment/unit.html",
        {
            "enrollment": enrollment,
            "crumbs": _crumbs(enrollment, here=unit.title),
            "course": enrollment.run.course,
            "unit": unit,
            "outline": steps,
            "step": steps.step(unit),
            "previous": steps.before(unit),
            "following": steps.after(unit),
            **context,
        },
        status=status,
    )
