"""The learner's pages of prior learning: every query starts at the learner."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from credentials import badges
from credentials.actions import prior_learning as actions
from credentials.models import PriorLearningClaim, PriorLearningFile
from credentials.prior_learning_forms import BadgeForm, ClaimForm, EvidenceForm
from credentials.views.verify import what_it_says
from lib.body_limits import takes_bodies_up_to
from lib.private_storage import as_download


@require_safe
def prior_learning(request: AuthenticatedRequest) -> HttpResponse:
    claims = request.user.prior_learning_claims.select_related(
        "organization", "recognition__course", "recognition__skill"
    )
    return render(request, "credentials/prior_learning.html", {"claims": claims})


@require_http_methods(["GET", "HEAD", "POST"])
def claim_badge(request: AuthenticatedRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, BadgeForm())
    form = BadgeForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            claim = actions.claim_badge(
                learner=request.user,
                organization=form.cleaned_data["organization"],
                source=form.source,
                statement=form.cleaned_data["statement"],
                at=timezone.now(),
            )
        except badges.BadgeRefused as refused:
            form.add_error(None, _("This badge cannot be recognized. %s") % refused)
        except actions.AlreadyClaimed:
            form.add_error(
                None, _("This badge has been claimed already. It cannot be claimed twice.")
            )
        except actions.TooManyWaiting:
            form.add_error(None, _too_many())
        else:
            return _sent(request, claim)
    return _ask(request, form, status=422)


@takes_bodies_up_to("MAX_HAND_IN_BYTES")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_with_evidence(request: AuthenticatedRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, EvidenceForm())
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            claim = actions.claim_with_evidence(
                learner=request.user,
                organization=form.cleaned_data["organization"],
                statement=form.cleaned_data["statement"],
                files=form.files_checked,
                at=timezone.now(),
            )
        except actions.TooManyWaiting:
            form.add_error(None, _too_many())
        else:
            return _sent(request, claim)
    return _ask(request, form, status=422)


def _ask(request: AuthenticatedRequest, form: ClaimForm, *, status: int = 200) -> HttpResponse:
    is_badge = isinstance(form, BadgeForm)
    crumbs = [_overview(), {"label": _("A digital badge") if is_badge else _("Other evidence")}]
    return render(
        request,
        "credentials/claim_form.html",
        {"form": form, "is_badge": is_badge, "crumbs": crumbs},
        status=status,
    )


def _too_many() -> str:
    return _("%(most)s of your claims wait to be decided. Wait for some of them.") % {
        "most": actions.MOST_WAITING
    }


def _sent(request: AuthenticatedRequest, claim: PriorLearningClaim) -> HttpResponse:
    messages.success(
        request,
        _("Sent to %(organization)s. You get a message when it is decided.")
        % {"organization": claim.organization},
    )
    return redirect(claim)


def _overview() -> dict[str, str]:
    return {"label": _("Prior learning"), "url": reverse("credentials:prior_learning")}


@require_safe
def claim(request: AuthenticatedRequest, claim_id: uuid.UUID) -> HttpResponse:
    claims = request.user.prior_learning_claims.select_related(
        "organization", "recognition__course", "recognition__skill"
    )
    found = get_object_or_404(claims.prefetch_related("files"), public_id=claim_id)
    report = badges.examine(found.badge) if found.is_badge else None
    return render(
        request,
        "credentials/claim.html",
        {
            "claim": found,
            "recognition": found.recognition,
            "report": report,
            "said": what_it_says(report) if report else {},
            "crumbs": [_overview(), {"label": found.organization.name}],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: AuthenticatedRequest, claim_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(request.user.prior_learning_claims, public_id=claim_id)
    if request.method == "POST":
        if actions.take_back(claim=found, at=timezone.now()):
            messages.success(request, _("Taken back. You can claim it again at any time."))
        else:
            messages.info(request, _("It was decided meanwhile."))
    return redirect(found)


@require_safe
def claim_file(request: AuthenticatedRequest, file_id: uuid.UUID) -> FileResponse:
    """A file that shows prior learning: to be saved, never shown, whatever it holds."""
    found = get_object_or_404(
        PriorLearningFile.objects.readable_by(request.user), public_id=file_id
    )
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return as_download(content, name=found.name, content_type=found.content_type)
