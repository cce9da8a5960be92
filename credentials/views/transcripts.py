"""Transcripts: the learner picks, looks at it, has it made, and decides who sees it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

from accounts.http import AuthenticatedRequest
from accounts.models import User
from credentials import actions, addresses, transcripts
from credentials.forms import TranscriptForm, VisibilityForm
from credentials.models import Credential, Transcript
from credentials.views.responses import (
    CREDENTIAL_TYPE,
    JWT_TYPE,
    document,
    signed,
    wants_document,
)
from credentials.views.shown import gone


@require_safe
def choose_for_transcript(request: AuthenticatedRequest) -> HttpResponse:
    return render(
        request,
        "credentials/transcript_choice.html",
        {"credentials": transcripts.choosable(request.user), "most": transcripts.MOST},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_transcript(request: AuthenticatedRequest) -> HttpResponse:
    """What it would hold, and its name: a GET shows, a POST makes it."""
    given = request.POST if request.method == "POST" else request.GET
    credentials = list(transcripts.choosable(request.user).filter(public_id__in=_ids(given)))
    if not 0 < len(credentials) <= transcripts.MOST:
        messages.error(
            request,
            _("Choose at least one credential, and at most %(most)d.") % {"most": transcripts.MOST},
        )
        return redirect("credentials:choose_for_transcript")
    form = TranscriptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = actions.request_transcript(
            learner=request.user,
            credentials=credentials,
            name=form.cleaned_data["name"],
            at=timezone.now(),
        )
        return redirect(made)
    every = transcripts.choosable(request.user).count()
    return render(
        request,
        "credentials/transcript_preview.html",
        {
            "credentials": credentials,
            "parts": transcripts.parts(credentials),
            "left_out": every - len(credentials),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _ids(given: object) -> list[uuid.UUID]:
    found = []
    for value in given.getlist("credential")[:1000]:  # type: ignore[attr-defined]
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


@login_not_required
@require_safe
@vary_on_headers("Accept")
@vary_on_cookie
def transcript(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = _visible(request, public_id)
    if shown.deleted_at:
        return gone(request, template="credentials/transcript_deleted.html")
    is_holder = shown.learner_id == request.user.pk
    if wants_document(request):
        return signed(request, _signed(shown, shown.document))
    credentials = list(
        Credential.objects.filter(transcript_entries__transcript=shown)
        .with_page_relations()
        .defer("document")
    )
    response = render(
        request,
        "credentials/transcript.html",
        {
            "transcript": shown,
            "credentials": credentials,
            "parts": transcripts.parts(credentials),
            "address": addresses.transcript(shown),
            "is_holder": is_holder,
            "now": timezone.now(),
            "form": VisibilityForm(initial={"visibility": shown.visibility}) if is_holder else None,
        },
    )
    if shown.visibility != Credential.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
@vary_on_cookie
def transcript_json(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = _visible(request, public_id)
    if shown.deleted_at:
        return gone(request, template="credentials/transcript_deleted.html")
    response = document(_signed(shown, shown.document), content_type=CREDENTIAL_TYPE)
    return _as_download(response, shown, suffix="json")


@login_not_required
@require_safe
@vary_on_cookie
def transcript_jwt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = _visible(request, public_id)
    if shown.deleted_at:
        return gone(request, template="credentials/transcript_deleted.html")
    response = document(_signed(shown, shown.token), content_type=JWT_TYPE)
    return _as_download(response, shown, suffix="jwt")


@require_POST
def transcript_visibility(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(request.user.transcripts.kept(), public_id=public_id)
    form = VisibilityForm(request.POST)
    if form.is_valid():
        actions.share_transcript(transcript=held, visibility=form.cleaned_data["visibility"])
        messages.success(request, _("Who may see this page is changed."))
    else:
        messages.error(request, _("Choose who may see this page."))
    return redirect(held)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_transcript(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(request.user.transcripts.kept(), public_id=public_id)
    if request.method == "POST":
        actions.delete_transcript(transcript=held, at=timezone.now())
        messages.success(request, _("The transcript is deleted. Its credentials stay as they are."))
        return redirect("credentials:mine")
    return render(request, "credentials/transcript_delete.html", {"transcript": held})


def _visible(request: HttpRequest, public_id: uuid.UUID) -> Transcript:
    """The transcript, unless its learner keeps it to themselves; then it does not seem to exist."""
    found = get_object_or_404(Transcript.objects.select_related("learner"), public_id=public_id)
    is_holder = isinstance(request.user, User) and found.learner_id == request.user.pk
    if found.visibility == Credential.Visibility.OFF and not is_holder and not found.deleted_at:
        raise Http404
    return found


def _signed(shown: Transcript, content: bytes | memoryview) -> bytes:
    if shown.signed_at is None:
        raise Http404
    return bytes(content)


def _as_download(response: HttpResponse, shown: Transcript, *, suffix: str) -> HttpResponse:
    name = slugify(shown.name) or "transcript"
    response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response
