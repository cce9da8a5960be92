"""What can be earned here: a page and documents for each, the register of all, endorsements."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Organization
from catalog.models import Achievement
from credentials import addresses, ctdl, documents, endorsements
from credentials.models import Endorsement
from credentials.vc import documents as vc
from credentials.views.responses import (
    conditional,
    linked,
    signed,
    wants_document,
)

LISTED = 50
"""Entries of one page of the register."""


@login_not_required
@require_safe
@vary_on_headers("Accept")
def achievement(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The template of all credentials of it: the address is their ``achievement.id``."""
    found = get_object_or_404(
        Achievement.objects.select_related("awarding_body", "course", "track"),
        public_id=public_id,
    )
    version = found.versions.current().prefetch_related("skills").first()
    if version is None:
        raise Http404
    version.achievement = found
    given = endorsements.of(found)
    links = [
        (addresses.achievement(found), "alternate", "application/ld+json"),
        (f"{addresses.achievement(found)}/ctdl", "describedby", "application/ld+json"),
    ]
    if wants_document(request):
        content = {"@context": vc.CONTEXTS, **documents.achievement_document(version)}
        content = endorsements.with_endorsements(content, endorsements.documents(given))
        return linked(conditional(request, content, content_type="application/ld+json"), links)
    response = render(
        request,
        "credentials/achievement.html",
        {
            "achievement": found,
            "version": version,
            "subject": found.course or found.track,
            "endorsements": given,
        },
    )
    return linked(response, links)


@login_not_required
@require_safe
def achievement_ctdl(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    version = get_object_or_404(ctdl.listed(), achievement__public_id=public_id)
    return conditional(request, ctdl.credential(version), content_type="application/ld+json")


@login_not_required
@require_safe
@vary_on_headers("Accept")
def register(request: HttpRequest) -> HttpResponse:
    """All that is awarded here, page by page: ``after`` is the id of the last one seen.

    As CTDL for programs, whose ``Link`` header leads to the next page.
    """
    versions = ctdl.listed()
    issuers = Organization.objects.filter(achievements__versions__in=versions)
    chosen = request.GET.get("issuer", "")
    if chosen:
        versions = versions.filter(achievement__awarding_body__slug=chosen)
    if after := request.GET.get("after", ""):
        versions = versions.filter(achievement_id__gt=_number_of(after))
    found = list(versions[: LISTED + 1])
    shown, has_more = found[:LISTED], len(found) > LISTED
    own = addresses.absolute(reverse("credentials:register"))
    query = {"issuer": chosen} if chosen else {}
    further = (
        urlencode({**query, "after": str(shown[-1].achievement.public_id)}) if has_more else ""
    )
    links = [(f"{own}?{urlencode(query)}".rstrip("?"), "alternate", "application/ld+json")]
    if further:
        links.append((f"{own}?{further}", "next", ""))
    if wants_document(request):
        content = ctdl.graph(shown)
        return linked(conditional(request, content, content_type="application/ld+json"), links)
    context = {
        "versions": shown,
        "further": further,
        "issuers": issuers.distinct().order_by("name"),
        "chosen": chosen,
        "after": after,
    }
    return linked(render(request, "credentials/register.html", context), links)


def _number_of(public_id: str) -> int:
    try:
        found = Achievement.objects.filter(public_id=uuid.UUID(public_id)).only("pk").first()
    except ValueError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found.pk


@login_not_required
@require_safe
@vary_on_headers("Accept")
def endorsement(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Endorsement.objects.exclude(signed_at=None).select_related(
            *("endorser", "organization", "achievement__course", "achievement__track")
        ),
        public_id=public_id,
    )
    if wants_document(request):
        return signed(request, bytes(found.document))
    return render(
        request,
        "credentials/endorsement.html",
        {"endorsement": found, "address": addresses.endorsement(found)},
    )
