"""What the learner's pages share: every query starts at the learner, who finds only their own."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from catalog import translating
from catalog.models import Unit
from enrollment.models import Enrollment
from enrollment.progress import outline, units_of, with_place_in_line

# A form that was sent while signed out comes back as a GET after signing in: it is led to its page.
require_post_or_return = require_http_methods(["GET", "HEAD", "POST"])


def mine(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> Enrollment:
    mine = with_place_in_line(
        request.user.enrollments.select_related("run__course__provider", "learner")
    )
    return get_object_or_404(mine, public_id=enrollment_id)


def my_unit(
    request: AuthenticatedRequest,
    enrollment_id: uuid.UUID,
    unit_id: uuid.UUID,
    *,
    kinds: Collection[str] = (),
) -> tuple[Enrollment, Unit]:
    enrollment = mine(request, enrollment_id)
    units = units_of(enrollment)
    if kinds:
        units = units.filter(kind__in=kinds)
    return enrollment, get_object_or_404(units, public_id=unit_id)


def may_learn(enrollment: Enrollment) -> bool:
    return enrollment.is_active or enrollment.is_completed


def not_active(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    if enrollment.is_waitlisted:
        messages.info(request, _("You are still on the waitlist: the units open with your seat."))
    elif enrollment.is_offered:
        messages.info(request, _("Take the seat that is held for you: then the units open."))
    elif enrollment.is_requested:
        messages.info(request, _("The units open when your request is granted."))
    else:
        messages.info(request, _("You no longer take this course. Enroll again to go on."))
    return redirect("enrollment:course", enrollment.public_id)


def unit_url(enrollment: Enrollment, unit: Unit) -> str:
    return reverse("enrollment:unit", args=[enrollment.public_id, unit.public_id])


def crumbs(enrollment: Enrollment, *, here: str = "") -> list[dict[str, str]]:
    """The way from the learner's list to the course, and to what is open in it."""
    crumbs = [
        {"label": _("My learning"), "url": reverse("enrollment:home")},
        {"label": Truncator(str(enrollment.run.course)).chars(50)},
    ]
    if here:
        crumbs[1]["url"] = reverse("enrollment:course", args=[enrollment.public_id])
        crumbs.append({"label": Truncator(here).chars(50)})
    return crumbs


def render_unit(
    request: HttpRequest,
    enrollment: Enrollment,
    unit: Unit,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    steps = outline(enrollment)
    translating.units_into([unit, *(step.unit for step in steps.steps)], get_language() or "")
    return render(
        request,
        "enrollment/unit.html",
        {
            "enrollment": enrollment,
            "crumbs": crumbs(enrollment, here=unit.title),
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
