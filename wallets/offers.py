"""A credential on its way into a wallet: offered, redeemed, fetched, and told what became of it."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from credentials.actions import request_jwt
from credentials.models import Credential, CredentialJwt
from wallets import codes
from wallets.models import Delivery, Offer

OFFER_LIFE = datetime.timedelta(minutes=10)
TOKEN_LIFE = datetime.timedelta(minutes=30)
"""Long enough for a wallet to say that its owner has accepted the credential."""


class NotOffered(Exception):
    """A credential that is revoked, suspended or erased goes into no wallet."""


class WrongCode(Exception):
    """The code or the transaction code is wrong, used, expired, or was tried too often."""


class UnknownDelivery(Exception):
    """The wallet was given no such number."""


class NotSignedYet(Exception):
    """A worker signs the JWT; the wallet asks again with the number of the delivery."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery)
        self.delivery = delivery


@dataclass(frozen=True)
class Made:
    """What is told to the holder, once."""

    offer: Offer
    address_token: str
    transaction_code: str


def may_be_offered(credential: Credential) -> bool:
    return not (credential.is_revoked or credential.is_suspended or credential.is_erased)


@transaction.atomic
def make_offer(*, credential: Credential, at: datetime.datetime) -> Made:
    """Offer the credential; an earlier offer of it that nobody took ends. Raises ``NotOffered``."""
    if not may_be_offered(credential):
        raise NotOffered(credential)
    # So that it is signed by the time the wallet asks.
    request_jwt(credential=credential, at=at)
    Offer.objects.filter(credential=credential, redeemed_at=None).delete()
    address_token, transaction_code = codes.draw(), codes.draw_transaction_code()
    code_digest = codes.digest(codes.code_of(address_token))
    offer = Offer.objects.create(
        credential=credential,
        code_digest=code_digest,
        transaction_code_digest=codes.transaction_code_digest(
            transaction_code, code_digest=code_digest
        ),
        made_at=at,
        expires_at=at + OFFER_LIFE,
    )
    return Made(offer, address_token, transaction_code)


def redeem(*, code: str, transaction_code: str, at: datetime.datetime) -> tuple[str, Offer]:
    """An access token for the code, once. Raises ``WrongCode``, whatever is wrong.

    Not one transaction: a try is counted before the codes are compared, and stays counted.
    """
    code_digest = codes.digest(code)
    offers = Offer.objects.filter(code_digest=code_digest)
    if not offers.open(at=at).update(tries=F("tries") + 1):
        raise WrongCode
    offer = offers.select_related("credential").get()
    given = codes.transaction_code_digest(transaction_code, code_digest=code_digest)
    if not codes.is_same(given, offer.transaction_code_digest):
        raise WrongCode
    if not may_be_offered(offer.credential):
        raise WrongCode
    token = codes.draw()
    # Of two wallets that know both codes, one is first.
    if not offers.filter(redeemed_at=None).update(
        redeemed_at=at, token_digest=codes.digest(token), token_expires_at=at + TOKEN_LIFE
    ):
        raise WrongCode
    return token, offer


def offer_of_token(token: str, *, at: datetime.datetime) -> Offer | None:
    """What this access token stands for, while it lives."""
    found = Offer.objects.filter(token_digest=codes.digest(token), token_expires_at__gt=at)
    return found.select_related("credential").first()


def deliver(*, offer: Offer, configuration: str, at: datetime.datetime) -> tuple[Delivery, bytes]:
    """The credential as it was signed; asking again is harmless.

    Raises ``NotOffered`` if it was taken back meanwhile, and ``NotSignedYet``.
    """
    if not may_be_offered(offer.credential):
        raise NotOffered(offer)
    delivery, _ = Delivery.objects.get_or_create(
        offer=offer, configuration=configuration, defaults={"asked_at": at}
    )
    content = _signed(offer.credential, configuration)
    if not content:
        raise NotSignedYet(delivery)
    Delivery.objects.filter(pk=delivery.pk, delivered_at=None).update(delivered_at=at)
    return delivery, content


def deliver_later(
    *, offer: Offer, number: uuid.UUID, at: datetime.datetime
) -> tuple[Delivery, bytes]:
    """What could not be delivered at once. Raises as ``deliver`` does, and ``UnknownDelivery``."""
    waiting = offer.deliveries.filter(public_id=number, delivered_at=None).first()
    if waiting is None:
        raise UnknownDelivery
    return deliver(offer=offer, configuration=waiting.configuration, at=at)


def _signed(credential: Credential, configuration: str) -> bytes:
    if configuration == Delivery.Configuration.EMBEDDED:
        return bytes(credential.document)
    jwt = CredentialJwt.objects.filter(credential=credential).first()
    return bytes(jwt.token) if jwt else b""


def note_event(
    *, offer: Offer, number: uuid.UUID, event: str, description: str, at: datetime.datetime
) -> None:
    """What the wallet did with it; the last word counts. Raises ``UnknownDelivery``."""
    delivered = offer.deliveries.filter(public_id=number, delivered_at__isnull=False)
    if not delivered.update(event=event, event_at=at, event_description=description):
        raise UnknownDelivery
