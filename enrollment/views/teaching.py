"""An instructor's runs, and one run's cohort: progress, who waits, messages to it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import CourseRun
from enrollment import actions, teaching
from enrollment.cohorts import cohort_of, named_like
from enrollment.forms import CohortMessageForm
from enrollment.models import Enrollment

PAGE_SIZE = 50
MOST_REQUESTS = 200
MOST_LETTERS = 500


def taught(request: AuthenticatedRequest, run_id: uuid.UUID) -> CourseRun:
    runs = teaching.with_line(teaching.taught_by(request.user))
    return get_object_or_404(runs.select_related("course__provider"), public_id=run_id)


def head(run: CourseRun, here: str) -> dict[str, Any]:
    """What the pages of one run have in common: which run, the way back, which page is open."""
    return {
        "run": run,
        "course": run.course,
        "here": here,
        "crumbs": [
            {"label": _("Teaching"), "url": reverse("enrollment:teaching")},
            {"label": Truncator(f"{run.course}: {run}").chars(60)},
        ],
    }


@require_safe
def runs(request: AuthenticatedRequest) -> HttpResponse:
    """The runs that the person teaches, or in which they mark work."""
    now = timezone.now()
    today = now.date()
    is_over = request.GET.get("show") == "over"
    found = teaching.reviewed_by(request.user)
    listed = teaching.over(found, on=today) if is_over else teaching.current(found, on=today)
    counted = teaching.with_counts(listed, request.user, at=now)
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [run.pk for run in page]
    taught_ids = teaching.taught_by(request.user).filter(pk__in=shown).values_list("pk", flat=True)
    return render(
        request,
        "enrollment/teaching.html",
        {"page": page, "is_over": is_over, "taught_ids": set(taught_ids)},
    )


@require_safe
def cohort(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    run = taught(request, run_id)
    found = cohort_of(run, at=timezone.now())
    show, words = request.GET.get("show", ""), request.GET.get("q", "")[:200]
    listed = {
        "stuck": found.stuck,
        "not-started": found.not_started,
        "completed": found.completed,
    }.get(show, found.standings)
    page = Paginator(named_like(listed, words), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "enrollment/cohort.html",
        {
            **head(run, "cohort"),
            "cohort": found,
            "median_percent": round(100 * found.median_share),
            "page": page,
            "show": show,
            "words": words,
            "querystring": urlencode({k: v for k, v in (("show", show), ("q", words)) if v}),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    """Who asks for a seat, to be decided here, and who waits for one."""
    run = taught(request, run_id)
    if request.method == "POST":
        is_approved = request.POST.get("decision") == "approve"
        try:
            count = actions.decide_requests(
                run=run,
                chosen=_ids(request.POST.getlist("chosen")),
                is_approved=is_approved,
                by=request.user,
                at=timezone.now(),
                reason=request.POST.get("reason", "").replace("\0", "")[:MOST_LETTERS],
            )
        except actions.CannotCorrect:
            messages.error(request, _("Say why you decline: the learners are told."))
            return redirect("enrollment:waiting", run.public_id)
        _say_decided(request, count, is_approved=is_approved)
        return redirect("enrollment:waiting", run.public_id)
    line = run.enrollments.select_related("learner")
    asking = line.filter(status=Enrollment.Status.REQUESTED).order_by("enrolled_at", "pk")
    queue = line.filter(
        status__in=[Enrollment.Status.OFFERED, Enrollment.Status.WAITLISTED]
    ).order_by("waitlist_place", "pk")
    return render(
        request,
        "enrollment/waiting.html",
        {
            **head(run, "waiting"),
            "asking": asking[:MOST_REQUESTS],
            "page": Paginator(queue, PAGE_SIZE).get_page(request.GET.get("page")),
        },
    )


def _ids(values: list[str]) -> list[uuid.UUID]:
    """Those that are ids at all: what else is sent names nobody."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def _say_decided(request: AuthenticatedRequest, count: int, *, is_approved: bool) -> None:
    if not count:
        messages.info(request, _("Nothing was decided. Choose somebody first."))
    elif is_approved:
        said = ngettext("%d request was approved.", "%d requests were approved.", count)
        messages.success(request, said % count)
    else:
        said = ngettext("%d request was declined.", "%d requests were declined.", count)
        messages.success(request, said % count)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    """Write to the cohort, or to a part of it."""
    run = taught(request, run_id)
    found = cohort_of(run, at=timezone.now())
    form = CohortMessageForm(request.POST or None, cohort=found)
    if request.method == "POST" and form.is_valid():
        sent = actions.write_to_cohort(
            run=run,
            public_id=form.cleaned_data["number"],
            audience=form.cleaned_data["audience"],
            body=form.cleaned_data["body"],
            by=request.user,
            at=timezone.now(),
        )
        said = ngettext("Written to %d learner.", "Written to %d learners.", sent.recipients)
        messages.success(request, said % sent.recipients)
        return redirect("enrollment:write", run.public_id)
    earlier = run.cohort_messages.select_related("by")
    return render(
        request,
        "enrollment/write.html",
        {**head(run, "write"), "form": form, "earlier": earlier[:20]},
        status=422 if form.is_bound else 200,
    )
