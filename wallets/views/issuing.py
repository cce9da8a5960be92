"""OpenID for Verifiable Credential Issuance 1.0: the pre-authorized code flow."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from lib.oauth import oauth_error
from wallets import codes, metadata, offers, proofs
from wallets.endpoints import (
    Refused,
    endpoint,
    json_body,
    public_document,
    redeemed_offer,
)
from wallets.models import Delivery, Offer

METADATA_SECONDS = 3600
INTERVAL_SECONDS = 5
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{0,500}")


@endpoint("GET", "HEAD")
def credential_issuer(request: HttpRequest) -> HttpResponse:
    return public_document(metadata.issuer_document(), seconds=METADATA_SECONDS)


@endpoint("GET", "HEAD")
def authorization_server(request: HttpRequest) -> HttpResponse:
    return public_document(metadata.authorization_server_document(), seconds=METADATA_SECONDS)


@endpoint("GET", "HEAD")
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """The offer at the address in the QR code (§4.1.3), while it is open."""
    code = codes.code_of(token)
    known = Offer.objects.filter(code_digest=codes.digest(code))
    if not known.open(at=timezone.now()).exists():
        raise Refused("not_found", "There is no such offer, or it is over.", status=404)
    return JsonResponse(metadata.offer_document(code))


def redeem(request: HttpRequest) -> HttpResponse:
    """The token request of §6.1, with both codes."""
    code = request.POST.get("pre-authorized_code", "")
    transaction_code = request.POST.get("tx_code", "")
    if not code or not transaction_code:
        return oauth_error("invalid_request", "Send pre-authorized_code and tx_code.")
    try:
        token, _ = offers.redeem(code=code, transaction_code=transaction_code, at=timezone.now())
    except offers.WrongCode:
        return oauth_error("invalid_grant", "A code is wrong, was used, or has expired.")
    return JsonResponse(
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(offers.TOKEN_LIFE.total_seconds()),
        }
    )


@endpoint("POST")
def nonce(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"c_nonce": proofs.draw_nonce()})


@endpoint("POST")
def credential(request: HttpRequest) -> HttpResponseBase:
    """§8: the credential of the offer, in the configuration that is asked for."""
    offer = redeemed_offer(request)
    asked = json_body(request, error="invalid_credential_request")
    if "credential_identifier" in asked:
        raise Refused("unknown_credential_identifier", "Send credential_configuration_id instead.")
    configuration = asked.get("credential_configuration_id")
    if not isinstance(configuration, str):
        raise Refused("invalid_credential_request", "Send credential_configuration_id.")
    if configuration not in Delivery.Configuration.values:
        raise Refused(
            "unknown_credential_configuration", "The metadata lists those that there are."
        )
    if "credential_response_encryption" in asked:
        raise Refused("invalid_encryption_parameters", "Responses are not encrypted beyond TLS.")
    _check_proofs(asked)
    return _delivered(
        lambda: offers.deliver(offer=offer, configuration=configuration, at=timezone.now())
    )


@endpoint("POST")
def deferred(request: HttpRequest) -> HttpResponseBase:
    """§9: what was not signed yet when it was asked for."""
    offer = redeemed_offer(request)
    number = _number(json_body(request, error="invalid_credential_request"), "transaction_id")
    if number is None:
        raise Refused("invalid_transaction_id", "No credential waits under this transaction_id.")
    return _delivered(lambda: offers.deliver_later(offer=offer, number=number, at=timezone.now()))


def _delivered(deliver: Callable[[], tuple[Delivery, bytes]]) -> HttpResponse:
    """The credential byte for byte, or when to ask again."""
    try:
        delivery, content = deliver()
    except offers.NotSignedYet as later:
        number = str(later.delivery.public_id)
        return JsonResponse({"transaction_id": number, "interval": INTERVAL_SECONDS}, status=202)
    except offers.UnknownDelivery:
        raise Refused(
            "invalid_transaction_id", "No credential waits under this transaction_id."
        ) from None
    except offers.NotOffered:
        raise Refused(
            "credential_request_denied", "The credential was taken back meanwhile."
        ) from None
    if delivery.configuration == Delivery.Configuration.JWT:
        content = b'"%s"' % content
    # What was signed is JSON already, and goes into the answer as it is.
    body = b'{"credentials":[{"credential":%s}],"notification_id":"%s"}'
    number = str(delivery.public_id)
    return HttpResponse(body % (content, number.encode()), content_type="application/json")


def _check_proofs(asked: dict[str, Any]) -> None:
    """None is asked for. A wallet that sends one all the same is held to it."""
    if "proofs" not in asked:
        return
    match asked["proofs"]:
        case {"jwt": [str() as proof], **others} if not others:
            pass
        case _:
            raise Refused("invalid_proof", "Send one proof, of the type jwt.")
    try:
        proofs.check(proof, audience=metadata.issuer_identifier(), at=timezone.now())
    except proofs.InvalidProof as error:
        raise Refused("invalid_proof", str(error)) from None
    except proofs.InvalidNonce:
        raise Refused(
            "invalid_nonce", "The nonce is unknown, too old or was used. Get another one."
        ) from None


@endpoint("POST")
def notification(request: HttpRequest) -> HttpResponse:
    """§11: what the wallet did with the credential."""
    offer = redeemed_offer(request)
    said = json_body(request, error="invalid_notification_request")
    event, description = said.get("event"), said.get("event_description", "")
    if event not in Delivery.Event.values:
        raise Refused("invalid_notification_request", "The event is none of those specified.")
    if not isinstance(description, str) or not _DESCRIPTION.fullmatch(description):
        raise Refused(
            "invalid_notification_request",
            "event_description is text in ASCII without quotation marks, up to 500 characters.",
        )
    if "notification_id" not in said:
        raise Refused("invalid_notification_request", "Send notification_id.")
    number = _number(said, "notification_id")
    try:
        if number is None:
            raise offers.UnknownDelivery
        offers.note_event(
            offer=offer, number=number, event=event, description=description, at=timezone.now()
        )
    except offers.UnknownDelivery:
        raise Refused(
            "invalid_notification_id", "No credential was delivered under this notification_id."
        ) from None
    return HttpResponse(status=204)


def _number(said: dict[str, Any], name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said[name])
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
