"""The page on which the holder of a credential lets a wallet fetch it."""

from __future__ import annotations

import uuid
from http import HTTPStatus

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from credentials.addresses import absolute
from credentials.models import Credential
from lib import limits
from wallets import offers
from wallets.models import Delivery

SCHEME = "openid-credential-offer://"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offering(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    """The answer to a POST is the only place where the codes stand: nothing that they could be
    shown from again is kept.
    """
    held = get_object_or_404(
        Credential.objects.held_by(request.user).readable().with_page_relations(),
        public_id=public_id,
    )
    context = {
        "credential": held,
        "may_be_offered": offers.may_be_offered(held),
        "successor": _successor(held) if held.is_revoked else None,
        "deliveries": Delivery.objects.filter(offer__credential=held, delivered_at__isnull=False),
    }
    status = HTTPStatus.OK
    if request.method == "POST":
        if not limits.is_within(request, "wallet_offer"):
            status = HTTPStatus.TOO_MANY_REQUESTS
            context["problem"] = _("That was too often. Try again in an hour.")
        else:
            try:
                context |= _told(offers.make_offer(credential=held, at=timezone.now()))
            except offers.NotOffered:
                status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "wallets/offering.html", context, status=status)


def _successor(held: Credential) -> Credential | None:
    """What a wallet that keeps this one should get instead."""
    standing = Credential.objects.standing().readable().filter(award=held.award_id)
    return standing.defer("document").first()


def _told(made: offers.Made) -> dict[str, object]:
    where = absolute(reverse("wallets:offer", args=[made.address_token]))
    link = f"{SCHEME}?{urlencode({'credential_offer_uri': where})}"
    return {
        "offer": made.offer,
        "link": link,
        "picture": segno.make_qr(link, error="m").svg_data_uri(border=4, light="#fff"),
        "transaction_code": made.transaction_code,
        "minutes": int(offers.OFFER_LIFE.total_seconds() // 60),
    }
