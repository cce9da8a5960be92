"""A learner shows that a DID is theirs, by signing what nobody else was asked to sign."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction

from accounts.models import User
from credentials import fetching
from credentials.models import LearnerDid
from credentials.models.learner_dids import METHODS
from credentials.vc import did as dids
from credentials.vc import jwt
from credentials.vc.said import Explained, Said

CHALLENGE_SECONDS = 900
ALGORITHMS = frozenset({"EdDSA", "ES256"})
_SALT = "credentials.did"


class NotProved(Explained):
    """It does not show whose the DID is."""


def challenge(learner: User) -> str:
    """What the learner signs as ``nonce``. Nobody else can use it, and not for long."""
    return signing.dumps(str(learner.public_id), salt=_SALT)


def prove_did(*, learner: User, token: str, at: datetime.datetime) -> LearnerDid:
    """Keep the DID whose key has signed this JWT, instead of an earlier one.

    The JWT names the key as ``kid`` (``did:key`` or ``did:web``), this site as ``aud`` and the
    challenge as ``nonce``. Raises ``NotProved``.
    """
    try:
        header_text, payload_text, signed, signature = jwt.read(token)
        header, payload = json.loads(header_text), json.loads(payload_text)
    except (ValueError, RecursionError) as error:
        raise NotProved(Said("This is not a JWT.")) from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise NotProved(Said("This is not a JWT."))
    _check_payload(payload, learner)
    key_id, algorithm = str(header.get("kid")), str(header.get("alg"))
    if algorithm not in ALGORITHMS or header.get("crit"):
        raise NotProved(Said("Sign it by EdDSA or by ES256."))
    name = key_id.partition("#")[0]
    key = _key(name, key_id)
    if not jwt.fits(algorithm, key) or not jwt.is_signature_valid(
        signed, signature, public_key=key, algorithm=algorithm
    ):
        raise NotProved(Said("It was not signed with the key that it names."))
    try:
        with transaction.atomic():
            kept, _ = LearnerDid.objects.update_or_create(
                learner=learner, defaults={"did": name, "proved_at": at}
            )
    except IntegrityError as error:
        raise NotProved(Said("Somebody else here has shown that this DID is theirs.")) from error
    return kept


def forget_did(*, learner: User) -> None:
    """Credentials from now on do not name it; those that are signed stay as they are."""
    LearnerDid.objects.filter(learner=learner).delete()


def _check_payload(payload: dict[str, Any], learner: User) -> None:
    audience = payload.get("aud")
    if settings.BASE_URL not in (audience if isinstance(audience, list) else [audience]):
        raise NotProved(Said("Its aud is not {site}.", site=settings.BASE_URL))
    try:
        asked = signing.loads(str(payload.get("nonce")), salt=_SALT, max_age=CHALLENGE_SECONDS)
    except signing.BadSignature as error:
        raise NotProved(
            Said("Its nonce is not the one that is shown here, or is too old.")
        ) from error
    if asked != str(learner.public_id):
        raise NotProved(Said("Its nonce was shown to somebody else."))


def _key(name: str, key_id: str) -> dids.PublicKey:
    if not name.startswith(METHODS) or len(name) > 500 or not name.isascii():
        raise NotProved(Said("Name your key as kid, by a did:key or a did:web."))
    document = dids.of_key(name) if name.startswith("did:key:") else _from_the_web(name)
    methods = (document or {}).get("verificationMethod")
    for method in methods if isinstance(methods, list) else []:
        if isinstance(method, dict) and key_id == method.get("id") and _may_speak(document, key_id):
            try:
                return dids.public_key(method)
            except ValueError:
                break
    raise NotProved(Said("The document of the DID does not list this key for authentication."))


def _may_speak(document: dict[str, Any] | None, key_id: str) -> bool:
    return any(
        key_id in listed
        for use in ("authentication", "assertionMethod")
        if isinstance(listed := (document or {}).get(use), list)
    )


def _from_the_web(name: str) -> dict[str, Any]:
    try:
        document = json.loads(fetching.fetch(dids.to_url(name)).content)
    except fetching.NotFetched as error:
        words = Said("The document of the DID cannot be read. {reason}", reason=error.words)
        raise NotProved(words) from error
    except (ValueError, RecursionError) as error:
        raise NotProved(Said("The document of the DID is not JSON.")) from error
    if not isinstance(document, dict) or document.get("id") != name:
        raise NotProved(Said("What lies at the address of the DID is not its document."))
    return document
