"""The credential's page: for its holder, and for whoever is shown it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

from accounts.http import AuthenticatedRequest
from credentials import actions, addresses, endorsements, seen, stacking
from credentials.forms import VisibilityForm
from credentials.lifetimes import life_of, what_follows
from credentials.models import Award, Credential, CredentialJwt, Pursuit
from credentials.sharing import add_to_profile
from credentials.views.responses import (
    CREDENTIAL_TYPE,
    JWT_TYPE,
    document,
    signed,
    wants_document,
)
from credentials.views.shown import as_download, gone, visible


@require_safe
def mine(request: AuthenticatedRequest) -> HttpResponse:
    now = timezone.now()
    credentials = list(Credential.objects.held_by(request.user).with_page_relations())
    following = what_follows(credentials, at=now)
    due = Award.objects.standing().with_halts().filter(learner=request.user, issued_at=None)
    return render(
        request,
        "credentials/mine.html",
        {
            "credentials": [(one, following.get(one.award_id, "")) for one in credentials],
            "replaced": {one.supersedes_id for one in credentials},
            "due": due.select_related("version"),
            "transcripts": request.user.transcripts.kept().defer("document", "token"),
            "followed": Pursuit.objects.under_way(request.user),
            "now": now,
        },
    )


@login_not_required
@require_safe
@vary_on_headers("Accept")
@vary_on_cookie
def credential(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    if wants_document(request):
        return signed(request, bytes(shown.document))
    award = shown.award
    is_holder = award.learner_id == request.user.pk
    now = timezone.now()
    if not is_holder and seen.is_by_a_person(request):
        seen.count(shown, on=now.date())
    response = render(
        request,
        "credentials/credential.html",
        {
            "credential": shown,
            "award": award,
            "version": award.version,
            "issuer": award.achievement.awarding_body,
            "skills": award.version.skills.all(),
            "evidence": stacking.rests_on(award, is_holder=is_holder),
            "counts_toward": stacking.counts_toward(award.achievement),
            "address": addresses.credential(shown),
            "endorsements": endorsements.of(award.achievement),
            "is_holder": is_holder,
            "life": life_of(shown, at=now, is_holder=is_holder),
            "jwt": CredentialJwt.objects.filter(credential=shown).only("signed_at").first(),
            "seen": seen.seen(shown, on=now.date()) if is_holder else None,
            "add_to_profile": add_to_profile(shown) if is_holder else "",
            "form": VisibilityForm(initial={"visibility": shown.visibility}) if is_holder else None,
        },
    )
    if shown.visibility != Credential.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    response = document(bytes(shown.document), content_type=CREDENTIAL_TYPE)
    return as_download(response, shown, suffix="json")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def prepare_jwt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A worker signs the JWT once it is asked for; from then on it is a download."""
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    if request.method == "POST":
        asked = actions.request_jwt(credential=shown, at=timezone.now())
    else:
        asked = get_object_or_404(CredentialJwt, credential=shown)
    if asked.signed_at is None:
        messages.info(
            request, _("The signed JWT is being made. Its download is here in a few seconds.")
        )
        return redirect(shown)
    response = document(bytes(asked.token), content_type=JWT_TYPE)
    return as_download(response, shown, suffix="jwt")


@require_POST
def visibility(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(Credential.objects.held_by(request.user), public_id=public_id)
    form = VisibilityForm(request.POST)
    if form.is_valid():
        actions.set_visibility(credential=held, visibility=form.cleaned_data["visibility"])
        messages.success(request, _("Who may see this page is changed."))
    else:
        messages.error(request, _("Choose who may see this page."))
    return redirect(held)
