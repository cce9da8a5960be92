"""Key proofs of wallets (OpenID4VCI 1.0, Appendix F.1): JWTs that answer a challenge of ours."""

from __future__ import annotations

import datetime
import json
import secrets
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction

from credentials.vc import did, jwt
from wallets.codes import digest
from wallets.models import UsedNonce

ALGORITHMS = ("ES256", "EdDSA")
TYPE = "openid4vci-proof+jwt"
NONCE_LIFE = datetime.timedelta(minutes=5)
CLOCK_SKEW = datetime.timedelta(minutes=1)
MAX_LENGTH = 8 * 1024
_SALT = "wallets.nonce"


class InvalidProof(Exception):
    """The proof proves nothing. Its text is for the wallet's developers."""


class InvalidNonce(Exception):
    """The challenge is not ours, too old, or was answered before."""


def draw_nonce() -> str:
    """A challenge that carries its own age: no row until it is answered."""
    return signing.dumps(secrets.token_hex(16), salt=_SALT)


def check(token: str, *, audience: str, at: datetime.datetime) -> None:
    """Whether whoever asks holds the key that the proof names, here and now.

    A challenge is used up by the first proof that answers it rightly. Raises ``InvalidProof`` and
    ``InvalidNonce``.
    """
    header, claims, signed, signature = _read(token)
    if header.get("typ") != TYPE:
        raise InvalidProof(f"The header typ is not {TYPE}.")
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise InvalidProof(f"The header alg is not one of {', '.join(ALGORITHMS)}.")
    key = _key(header)
    if not jwt.is_signature_valid(signed, signature, public_key=key, algorithm=algorithm):
        raise InvalidProof("The signature is not that of the key in the header.")
    if claims.get("aud") != audience:
        raise InvalidProof("The claim aud is not the Credential Issuer Identifier.")
    _check_age(claims.get("iat"), at)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise InvalidProof("The claim nonce is missing.")
    _use(nonce, at)


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    if len(token) > MAX_LENGTH:
        raise InvalidProof("The proof is too long.")
    try:
        header, payload, signed, signature = jwt.read(token)
        parts = json.loads(header), json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise InvalidProof("The proof is not a JWT.") from error
    if not all(isinstance(part, dict) for part in parts):
        raise InvalidProof("The proof is not a JWT.")
    return *parts, signed, signature


def _key(header: dict[str, Any]) -> did.PublicKey:
    """From exactly one of ``jwk`` and ``kid``; certificates vouch for nobody here."""
    if len({"jwk", "kid", "x5c"} & header.keys()) != 1:
        raise InvalidProof("The header names no key, or more than one.")
    try:
        match header:
            case {"jwk": dict(jwk)} if "d" not in jwk:
                return did.public_key({"publicKeyJwk": jwk})
            case {"kid": str(kid)}:
                return _key_of_did(kid.partition("#")[0])
    except (ValueError, RecursionError) as error:
        raise InvalidProof("The key in the header cannot be read.") from error
    raise InvalidProof("Send a public key as jwk, or a did:key or did:jwk as kid.")


def _key_of_did(name: str) -> did.PublicKey:
    """Of a DID that is its own document. Raises ``ValueError`` for others."""
    if name.startswith("did:jwk:"):
        jwk = json.loads(jwt.decode(name.removeprefix("did:jwk:")))
        return did.public_key({"publicKeyJwk": jwk if isinstance(jwk, dict) else {}})
    document = did.of_key(name)
    if document is None:
        raise ValueError("neither did:key nor did:jwk")
    return did.public_key(document["verificationMethod"][0])


def _check_age(issued: Any, at: datetime.datetime) -> None:
    is_number = isinstance(issued, int | float) and not isinstance(issued, bool)
    if not is_number:
        raise InvalidProof("The claim iat is missing.")
    age = at.timestamp() - issued
    if not -CLOCK_SKEW.total_seconds() <= age <= (NONCE_LIFE + CLOCK_SKEW).total_seconds():
        raise InvalidProof("The claim iat is too far from now.")


def _use(nonce: str, at: datetime.datetime) -> None:
    try:
        signing.loads(nonce, salt=_SALT, max_age=NONCE_LIFE)
    except signing.BadSignature as error:
        raise InvalidNonce from error
    # Those that are too old to be answered need not be remembered.
    UsedNonce.objects.filter(used_at__lt=at - 2 * NONCE_LIFE).delete()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(digest=digest(nonce), used_at=at)
    except IntegrityError as error:
        raise InvalidNonce from error
