"""Marking what learners hand in."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import assignment_of
from enrollment import actions, handed_in
from enrollment.actions import assignments
from enrollment.assignment_forms import MarkingForm
from enrollment.models import Review, Submission
from enrollment.views.common import require_post_or_return

PAGE_SIZE = 25


@require_safe
def queue(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for this person, the oldest first; or what was marked, the latest first."""
    is_done = request.GET.get("show") == "marked"
    if is_done:
        reviewable = Submission.objects.reviewable_by(request.user).with_grade()
        listed = reviewable.exclude(closed_at=None).order_by("-closed_at", "-pk")
    else:
        listed = Submission.objects.waiting_for(request.user).with_markers()
    listed = listed.select_related("enrollment__learner", "unit__course", "unit__assignment")
    return render(
        request,
        "enrollment/reviewing.html",
        {
            "page": Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page")),
            "is_done": is_done,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def marking(request: AuthenticatedRequest, submission_id: uuid.UUID) -> HttpResponse:
    submission = _reviewable(request, submission_id)
    if request.method != "POST":
        return _render(request, submission)
    decision = request.POST.get("decision", "")
    if decision not in Review.Decision.values:
        decision = Review.Decision.GRADE
    form = MarkingForm(request.POST, criteria=handed_in.rubric(submission.unit), decision=decision)
    if not form.is_valid():
        return _render(request, submission, form=form, status=422)
    try:
        assignments.mark(
            submission=submission,
            by=request.user,
            marks=form.marks(),
            decision=decision,
            comment=form.cleaned_data["comment"],
            at=timezone.now(),
        )
    except (assignments.NotWaiting, assignments.AlreadyMarked):
        problem = _("It was marked meanwhile. Your marks are not saved; they stand below.")
        submission = _reviewable(request, submission_id)
        return _render(request, submission, form=form, problem=problem, status=409)
    except assignments.MarksMissing:
        problem = _("The rubric has changed meanwhile. Go through it once more.")
        return _render(request, submission, form=form, problem=problem, status=409)
    except actions.NotActive:
        messages.info(request, _("The learner has left the course. Nothing was saved."))
        return redirect("enrollment:reviewing")
    submission.refresh_from_db(fields=["status"])
    messages.success(request, _said(submission))
    return redirect("enrollment:reviewing")


@require_post_or_return
def correct(request: AuthenticatedRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Put another grade in force, with a reason: for the provider's curators."""
    found = _reviewable(request, submission_id)
    here = redirect("enrollment:marking", found.public_id)
    if request.method != "POST":
        return here
    correctable = Submission.objects.correctable_by(request.user)
    submission = get_object_or_404(correctable.with_grade(), pk=found.pk)
    criteria = handed_in.rubric(submission.unit)
    form = MarkingForm(request.POST, criteria=criteria, is_correction=True)
    if not form.is_valid():
        return _render(request, found, correction=form, status=422)
    try:
        assignments.correct(
            submission=submission,
            by=request.user,
            marks=form.marks(),
            reason=form.cleaned_data["reason"],
            comment=form.cleaned_data["comment"],
            at=timezone.now(),
        )
    except assignments.MarksMissing:
        problem = _("The rubric has changed meanwhile. Go through it once more.")
        return _render(request, found, correction=form, problem=problem, status=409)
    except actions.NotActive:
        messages.info(request, _("The learner has left the course. Nothing was saved."))
    else:
        messages.success(request, _("The grade is corrected."))
    return here


def _reviewable(request: AuthenticatedRequest, submission_id: uuid.UUID) -> Submission:
    mine = Submission.objects.reviewable_by(request.user).select_related(
        "enrollment__learner", "unit__course"
    )
    return get_object_or_404(handed_in.with_feedback(mine), public_id=submission_id)


def _said(submission: Submission) -> str:
    if submission.is_graded:
        return _("Graded.")
    if submission.is_returned:
        return _("Returned to be handed in again.")
    return _("Your marks are saved. Somebody else marks it, too, before there is a grade.")


def _render(
    request: AuthenticatedRequest,
    submission: Submission,
    *,
    form: MarkingForm | None = None,
    correction: MarkingForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    criteria = handed_in.rubric(submission.unit)
    reviews = list(submission.reviews.all())
    own = next((one for one in reviews if one.reviewer_id == request.user.pk), None)
    may_mark = submission.is_waiting and own is None
    may_correct = Submission.objects.correctable_by(request.user).filter(pk=submission.pk).exists()
    context: dict[str, Any] = {
        "submission": submission,
        "unit": submission.unit,
        "assignment": assignment_of(submission.unit),
        "course": submission.unit.course,
        "criteria": criteria,
        "earlier": handed_in.earlier(submission),
        # A second marker judges alone; who decides between two, and who looks back, sees them.
        "reviews": reviews if len(reviews) > 1 or not submission.is_waiting else [],
        "own": own,
        "form": form or (MarkingForm(criteria=criteria) if may_mark else None),
        "may_mark": may_mark,
        "correction": correction
        or (MarkingForm(criteria=criteria, is_correction=True) if may_correct else None),
        "problem": problem,
        "crumbs": [
            {"label": _("Reviewing"), "url": reverse("enrollment:reviewing")},
            {"label": submission.unit.title},
        ],
    }
    return render(request, "enrollment/marking.html", context, status=status)
