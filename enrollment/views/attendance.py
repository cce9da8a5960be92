"""The live sessions of a run, and who came."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import LiveSession, Unit
from enrollment import actions, teaching
from enrollment.actions.assignments import ReasonMissing
from enrollment.forms import AttendanceForm
from enrollment.models import Attendance, Enrollment
from enrollment.views.teaching import head, taught

PAGE_SIZE = 200
"""A list is marked at once, with two fields a line; a request may have a thousand."""


@dataclass(frozen=True)
class Line:
    enrollment: Enrollment
    mark: Attendance | None
    is_ticked: bool


@dataclass(frozen=True)
class Planned:
    """A session; ``marked`` is empty before it was marked, else how many came of how many."""

    session: LiveSession
    has_begun: bool
    marked: tuple[int, int] | None


@require_safe
def sessions(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    run = taught(request, run_id)
    now = timezone.now()
    marked = teaching.marked_in(run)
    planned = [
        Planned(one, one.starts_at <= now, marked.get(one.pk))
        for one in run.sessions.select_related("unit", "run")
    ]
    live = Unit.objects.filter(course=run.course_id, kind=Unit.Kind.LIVE)
    unplanned = live.exclude(pk__in=[one.session.unit_id for one in planned])
    context = {**head(run, "sessions"), "sessions": planned, "unplanned": unplanned}
    return render(request, "enrollment/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(
    request: AuthenticatedRequest, run_id: uuid.UUID, session_id: uuid.UUID
) -> HttpResponse:
    """The whole list at once. Who is not on the page that was sent is not marked by it."""
    run = taught(request, run_id)
    session = get_object_or_404(run.sessions.select_related("unit"), public_id=session_id)
    learners = teaching.learners_at(session).exclude(learner=request.user).select_related("learner")
    page = Paginator(learners.order_by("learner__credential_name", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    if request.method != "POST" or session.starts_at > timezone.now():
        return _render(request, session, page, AttendanceForm())
    form = AttendanceForm(request.POST)
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("present"))
    marks = {
        one.pk: str(one.public_id) in ticked for one in learners if str(one.public_id) in shown
    }
    if form.is_valid():
        try:
            count = actions.mark_attendance(
                session=session,
                marks=marks,
                by=request.user,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except ReasonMissing:
            form.add_error("reason", _("Some were marked before. Say why you change that."))
        else:
            said = ngettext("%d learner is marked.", "%d learners are marked.", count)
            messages.success(request, said % count if count else _("Nothing was changed."))
            return redirect("enrollment:attendance", run.public_id, session.public_id)
    return _render(request, session, page, form, ticked=ticked)


def _render(
    request: AuthenticatedRequest,
    session: LiveSession,
    page: Page[Enrollment],
    form: AttendanceForm,
    *,
    ticked: set[str] | None = None,
) -> HttpResponse:
    known = {
        one.enrollment_id: one
        for one in session.attendances.in_force().filter(enrollment__in=[one.pk for one in page])
    }
    # A link ticks all that are not marked yet; nothing is stored before the list is sent.
    everyone = "everyone" in request.GET

    def is_ticked(one: Enrollment) -> bool:
        if ticked is not None:
            return str(one.public_id) in ticked
        mark = known.get(one.pk)
        return everyone if mark is None else mark.is_present

    context = head(session.run, "sessions")
    context["crumbs"][1]["url"] = reverse("enrollment:sessions", args=[session.run.public_id])
    context["crumbs"].append({"label": session.unit.title})
    return render(
        request,
        "enrollment/attendance.html",
        {
            **context,
            "session": session,
            "has_begun": session.starts_at <= timezone.now(),
            "page": page,
            "lines": [Line(one, known.get(one.pk), is_ticked(one)) for one in page],
            "is_marked": bool(known),
            "form": form,
            "querystring": "everyone=1" if everyone else "",
        },
        status=422 if form.is_bound else 200,
    )
