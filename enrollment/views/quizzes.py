"""Taking a quiz: its start page, its questions, its result."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from catalog.models import Quiz, Unit, quiz_of
from enrollment import actions, quiz_time, results
from enrollment.actions.quizzes import check_may_start
from enrollment.forms import QuizForm
from enrollment.models import Enrollment, QuizAttempt
from enrollment.views.common import (
    may_learn,
    my_unit,
    not_active,
    render_unit,
    require_post_or_return,
    unit_url,
)


def render_quiz(request: AuthenticatedRequest, enrollment: Enrollment, unit: Unit) -> HttpResponse:
    """The attempt under way; else the last result; else what to know before beginning."""
    now = timezone.now()
    quiz, latest = quiz_of(unit), _latest(enrollment, unit)
    if latest and latest.is_overdue(now):
        latest = actions.submit_attempt(attempt=latest, responses={}, at=now)
    if latest and latest.is_under_way:
        return _render_form(request, latest, QuizForm(attempt=latest))
    is_asked_for = latest is None or "again" in request.GET
    # Where beginning costs nothing, whoever looks has begun.
    if is_asked_for and not quiz.is_limited and request.method == "GET":
        latest = actions.start_attempt(enrollment=enrollment, unit=unit, at=now)
        return _render_form(request, latest, QuizForm(attempt=latest))
    context: dict[str, Any] = {
        "quiz": quiz,
        "minutes": quiz_time.minutes(enrollment, quiz),
        **_start(quiz, latest, now),
    }
    if latest is None:
        return render_unit(request, enrollment, unit, quiz_start=True, **context)
    return render_unit(request, enrollment, unit, **context, **_result(enrollment, unit, latest))


@require_post_or_return
def start(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    enrollment, unit = my_unit(request, enrollment_id, unit_id, kinds=[Unit.Kind.QUIZ])
    if request.method == "POST":
        try:
            actions.start_attempt(enrollment=enrollment, unit=unit, at=timezone.now())
        except actions.NotActive:
            return not_active(request, enrollment)
        except actions.NoAttemptsLeft:
            messages.info(request, _("You have used all attempts at this quiz."))
        except actions.TooSoon:
            messages.info(request, _("It is too soon for another attempt at this quiz."))
    return redirect(unit_url(enrollment, unit))


@require_post_or_return
def submit(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    """Save the answers, or hand them in and lead to the result."""
    enrollment, unit = my_unit(request, enrollment_id, unit_id, kinds=[Unit.Kind.QUIZ])
    here = redirect(unit_url(enrollment, unit))
    if request.method != "POST":
        return here
    if not may_learn(enrollment):
        return not_active(request, enrollment)
    now, do = timezone.now(), request.POST.get("do", "")
    attempt = _meant(request, enrollment, unit, at=now)
    if attempt is None:
        return here
    form = QuizForm(request.POST, attempt=attempt, may_leave_out=do in {"save", "anyway"})
    is_valid = form.is_valid()
    try:
        if do == "save" or not is_valid:
            actions.save_answers(attempt=attempt, responses=form.responses, at=now)
        else:
            actions.submit_attempt(attempt=attempt, responses=form.responses, at=now)
    except actions.AttemptOver:
        actions.submit_attempt(attempt=attempt, responses={}, at=now)
    except actions.NotActive:
        return not_active(request, enrollment)
    attempt = _latest(enrollment, unit)
    assert attempt is not None
    if request.headers.get("HX-Request"):
        return render(request, "enrollment/_saved.html", {"attempt": attempt, "saved_at": now})
    if not is_valid and attempt.is_under_way:
        return _render_form(request, attempt, form, status=422)
    if attempt.is_under_way:
        messages.success(request, _("Your answers are saved. Nothing is graded yet."))
    return here


def _latest(enrollment: Enrollment, unit: Unit) -> QuizAttempt | None:
    attempts = enrollment.attempts.filter(unit=unit).select_related("version", "unit")
    latest = attempts.first()
    if latest:
        latest.enrollment = enrollment
    return latest


def _meant(
    request: AuthenticatedRequest, enrollment: Enrollment, unit: Unit, *, at: datetime.datetime
) -> QuizAttempt | None:
    """The attempt that was answered, if it is under way: a page may be older than that."""
    latest = _latest(enrollment, unit)
    number = request.POST.get("attempt", "")
    if latest and latest.is_under_way and number in {"", str(latest.number)}:
        return latest
    if number or quiz_of(unit).is_limited:
        messages.info(request, _("That attempt is handed in already. This is where you are now."))
        return None
    actions.start_attempt(enrollment=enrollment, unit=unit, at=at)
    return _latest(enrollment, unit)


def _render_form(
    request: AuthenticatedRequest, attempt: QuizAttempt, form: QuizForm, *, status: int = 200
) -> HttpResponse:
    return render_unit(
        request, attempt.enrollment, attempt.unit, form=form, attempt=attempt, status=status
    )


def _start(quiz: Quiz, latest: QuizAttempt | None, now: datetime.datetime) -> dict[str, Any]:
    """What the learner is told of the next attempt."""
    used = latest.number if latest else 0
    left = None if quiz.max_attempts is None else max(0, quiz.max_attempts - used)
    try:
        check_may_start(quiz, latest, at=now)
    except actions.NoAttemptsLeft:
        return {"attempts_left": 0}
    except actions.TooSoon as wait:
        return {"attempts_left": left, "opens_at": wait.opens_at}
    return {"attempts_left": left, "may_start": True}


def _result(enrollment: Enrollment, unit: Unit, latest: QuizAttempt) -> dict[str, Any]:
    attempts = list(enrollment.attempts.filter(unit=unit).handed_in())
    best = max(attempts, key=lambda one: (one.score or 0, one.number))
    counts = latest if latest.counts == Quiz.Counts.LAST else best
    return {
        "attempt": latest,
        "answered": results.answered(latest),
        "attempts": attempts,
        "counting": counts if len(attempts) > 1 else None,
    }
