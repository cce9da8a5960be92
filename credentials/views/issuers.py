"""Awarding organizations: their pages, and what verifiers read of them."""

from __future__ import annotations

import datetime
import uuid

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Organization
from catalog.models import Achievement, AchievementVersion
from credentials import addresses, documents, endorsements
from credentials.models import StatusList
from credentials.vc import documents as vc
from credentials.views.responses import (
    conditional,
    linked,
    signed,
    wants_document,
)

STATUS_LIST_SECONDS = 60
SHOWN = 200


@login_not_required
@require_safe
@vary_on_headers("Accept")
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    organization = _awarding_body(slug)
    given = endorsements.of(organization)
    links = [
        (addresses.issuer_profile(organization), "alternate", "application/ld+json"),
        (f"{addresses.issuer_profile(organization)}/did.json", "describedby", "application/did"),
    ]
    if wants_document(request):
        profile = {"@context": vc.CONTEXTS, **documents.issuer_profile(organization)}
        profile = endorsements.with_endorsements(profile, endorsements.documents(given))
        return linked(conditional(request, profile, content_type="application/ld+json"), links)
    current = AchievementVersion.objects.current()
    achievements = (
        Achievement.objects.filter(awarding_body=organization, versions__in=current)
        .select_related("course", "track")
        .prefetch_related(Prefetch("versions", queryset=current, to_attr="current_versions"))
        .order_by("-track", "pk")[:SHOWN]
    )
    response = render(
        request,
        "credentials/issuer.html",
        {
            "organization": organization,
            "achievements": achievements,
            "did": addresses.issuer_did(organization),
            "endorsements": given,
        },
    )
    return linked(response, links)


@login_not_required
@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponse:
    content = documents.did_document(_awarding_body(slug))
    return conditional(request, content, content_type="application/did+ld+json")


@login_not_required
@require_safe
def platform_did_document(request: HttpRequest) -> HttpResponse:
    """Of the site as an issuer; without keys until it has signed for the first time."""
    content = documents.platform_did_document()
    return conditional(request, content, content_type="application/did+ld+json")


@login_not_required
@require_safe
def status_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    return _list(request, public_id, "signed_at", "document")


@login_not_required
@require_safe
def suspension_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    return _list(request, public_id, "suspensions_signed_at", "suspension_document")


def _list(request: HttpRequest, public_id: uuid.UUID, at: str, content: str) -> HttpResponse:
    """Whoever has the list already is answered without reading it."""
    listed = get_object_or_404(StatusList.objects.only(at), public_id=public_id)
    signed_at: datetime.datetime | None = getattr(listed, at)
    if signed_at is None:
        raise Http404
    # The time, not the count of changes: a restored backup counts some numbers twice.
    etag = quote_etag(f"{signed_at.timestamp():.6f}")
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = signed(request, bytes(getattr(listed, content)))
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=STATUS_LIST_SECONDS)
    return response


def _awarding_body(slug: str) -> Organization:
    return get_object_or_404(Organization, slug=slug, is_awarding_body=True)
