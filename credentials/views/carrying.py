"""The credential in the forms that people carry: pictures, a card, and a certificate to print."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from catalog.models import AchievementVersion
from credentials import certificates, pictures
from credentials import elm as european
from credentials.models import Credential
from credentials.vc import baking
from credentials.views.responses import document
from credentials.views.shown import as_download, gone, visible

PICTURE_SECONDS = 86_400


@login_not_required
@require_safe
def achievement_badge(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """``achievement.image`` of credentials, for wallets to show: it carries no credential."""
    version = get_object_or_404(
        AchievementVersion.objects.published().select_related(
            "achievement__awarding_body", "achievement__course", "achievement__track"
        ),
        achievement__public_id=public_id,
        number=number,
    )
    _svg, png = pictures.badge(version)
    response = document(png, content_type="image/png")
    patch_cache_control(response, public=True, max_age=PICTURE_SECONDS)
    return response


@login_not_required
@require_safe
@vary_on_cookie
def badge_png(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    _svg, png = _badge(shown)
    baked = baking.bake_png(png, bytes(shown.document))
    return as_download(document(baked, content_type="image/png"), shown, suffix="png")


@login_not_required
@require_safe
@vary_on_cookie
def badge_svg(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    svg, _png = _badge(shown)
    baked = baking.bake_svg(svg, bytes(shown.document).decode())
    response = document(baked.encode(), content_type="image/svg+xml; charset=utf-8")
    return as_download(response, shown, suffix="svg")


@login_not_required
@require_safe
@vary_on_cookie
def card(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The picture that a shared link shows (``og:image``)."""
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    return document(pictures.card(shown), content_type="image/png")


@login_not_required
@require_safe
@vary_on_cookie
def elm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """For systems that read European Digital Credentials; it carries no signature."""
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    content = european.export(shown)
    return as_download(
        document(content, content_type="application/ld+json"), shown, suffix="elm.jsonld"
    )


def _badge(credential: Credential) -> tuple[str, bytes]:
    version = credential.award.version
    # The version's own achievement is this one, with what is around it loaded.
    version.achievement = credential.award.achievement
    return pictures.badge(version)


@login_not_required
@require_safe
@vary_on_cookie
def certificate(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """In the language of whoever asks, with the signed credential attached."""
    shown = visible(request, public_id)
    if shown.is_erased:
        return gone(request)
    pdf = certificates.certificate(bytes(shown.document), language=get_language() or "en")
    return as_download(document(pdf, content_type="application/pdf"), shown, suffix="pdf")
