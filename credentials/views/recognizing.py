"""Curators decide what prior learning counts as."""

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
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from credentials import badges
from credentials.actions import prior_learning as actions
from credentials.models import PriorLearningClaim
from credentials.prior_learning_forms import GrantForm, ReasonForm
from credentials.views.verify import HEADLINES, what_it_says

PAGE_SIZE = 25


@require_safe
def recognizing(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for this person, the oldest first; or what was decided, the latest first."""
    is_done = request.GET.get("show") == "decided"
    mine = PriorLearningClaim.objects.reviewable_by(request.user)
    if is_done:
        listed = mine.exclude(status=PriorLearningClaim.Status.SUBMITTED).order_by(
            "-decided_at", "-pk"
        )
    else:
        listed = mine.waiting().order_by("submitted_at", "pk")
    listed = listed.select_related("learner", "organization").defer("badge")
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "credentials/recognizing.html", {"page": page, "is_done": is_done})


@require_http_methods(["GET", "HEAD", "POST"])
def recognize(request: AuthenticatedRequest, claim_id: uuid.UUID) -> HttpResponse:
    claim = _reviewable(request, claim_id)
    if request.method != "POST":
        return _render(request, claim)
    form = _form_of(request.POST.get("decision", ""), claim, request.POST)
    if form is None:
        return redirect("credentials:recognize", claim.public_id)
    if not form.is_valid():
        return _render(request, claim, form=form, status=422)
    try:
        said = _act(form, claim, request)
    except badges.BadgeRefused as refused:
        form.add_error(None, _("This badge can no longer be recognized. %s") % refused)
        return _render(request, claim, form=form, status=409)
    except actions.AlreadyDecided:
        messages.info(request, _("It was decided meanwhile. Nothing was saved."))
    else:
        messages.success(request, said)
    return redirect("credentials:recognize", claim.public_id)


def _form_of(decision: str, claim: PriorLearningClaim, data: Any) -> ReasonForm | None:
    """Each form has fields of its own on the page; which one was sent says its button."""
    match decision:
        case "grant":
            return GrantForm(data, prefix=decision, organization=claim.organization)
        case "refuse" | "withdraw":
            return ReasonForm(data, prefix=decision)
        case _:
            return None


def _act(form: ReasonForm, claim: PriorLearningClaim, request: AuthenticatedRequest) -> str:
    decided: dict[str, Any] = {
        "claim": claim,
        "by": request.user,
        "reason": form.cleaned_data["reason"],
        "at": timezone.now(),
    }
    if isinstance(form, GrantForm):
        recognition = actions.grant(finding=form.finding, **decided)
        return _("Recognized as “%(what)s”.") % {"what": recognition.subject}
    if form.prefix == "refuse":
        actions.refuse(**decided)
        return _("Not recognized. The learner is told why.")
    falling = actions.withdraw(**decided)
    said = ngettext(
        "Withdrawn, and with it %(n)s credential.",
        "Withdrawn, and with it %(n)s credentials.",
        len(falling),
    )
    return said % {"n": len(falling)} if falling else _("Withdrawn.")


def _reviewable(request: AuthenticatedRequest, claim_id: uuid.UUID) -> PriorLearningClaim:
    mine = PriorLearningClaim.objects.reviewable_by(request.user).select_related(
        *("learner", "organization", "decided_by"),
        *("recognition__course", "recognition__skill", "recognition__by"),
    )
    return get_object_or_404(mine.prefetch_related("files"), public_id=claim_id)


def _render(
    request: AuthenticatedRequest,
    claim: PriorLearningClaim,
    *,
    form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    report = badges.examine(claim.badge) if claim.is_badge else None
    forms: dict[str, ReasonForm] = {}
    if claim.is_waiting:
        forms["grant"] = GrantForm(prefix="grant", organization=claim.organization)
        forms["refuse"] = ReasonForm(prefix="refuse")
    elif claim.is_granted:
        forms["withdraw"] = ReasonForm(prefix="withdraw")
    if form is not None and form.prefix in forms:
        forms[form.prefix] = form
    return render(
        request,
        "credentials/recognize.html",
        {
            "claim": claim,
            "recognition": claim.recognition,
            "report": report,
            "headline": HEADLINES[report.verdict] if report else None,
            "said": what_it_says(report) if report else {},
            "forms": forms,
            "crumbs": [
                {"label": _("Recognizing"), "url": reverse("credentials:recognizing")},
                {"label": str(claim.learner)},
            ],
        },
        status=status,
    )
