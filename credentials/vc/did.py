"""Decentralized identifiers and their documents: DID Core 1.0; did:web, did:key, did:jwk."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.vc import multikey, pinned

PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
JWK_V1 = "https://w3id.org/security/jwk/v1"
RSA_BITS = range(2048, 8193)
"""Shorter ones can be broken; longer ones only cost time."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A verification method: its absolute id and its public half.

    A key that was retired stays; one that others may have (``is_compromised``) stays listed, but
    vouches for nothing any more.
    """

    id: str
    public_key_multibase: str
    is_compromised: bool = False


def jwk_id(key_id: str) -> str:
    """What a P-256 key is listed by as a JWK, beside the Multikey that has this id."""
    return f"{key_id}-jwk"


def from_url(url: str) -> str:
    """The DID whose document lies at ``url`` + ``/did.json``; a port is percent-encoded."""
    host, *path = url.split("://", 1)[1].split("/")
    return ":".join(["did:web", quote(host, safe=""), *path])


def to_url(did: str) -> str:
    """Where the document of a ``did:web`` lies. Raises ``ValueError`` for other methods."""
    if not did.startswith("did:web:"):
        raise ValueError("not a did:web")
    host, *path = did.removeprefix("did:web:").split(":")
    return f"https://{unquote(host)}/{'/'.join(path or ['.well-known'])}/did.json"


def document(did: str, keys: Iterable[Key]) -> dict[str, Any]:
    """The DID document. Retired keys stay in it, so that what they signed goes on verifying."""
    methods = [(method, key) for key in keys for method in _methods(key, did)]
    return {
        "@context": [pinned.DID_V1, pinned.MULTIKEY_V1, JWK_V1],
        "id": did,
        "verificationMethod": [method for method, _ in methods],
        "assertionMethod": [method["id"] for method, key in methods if not key.is_compromised],
    }


def _methods(key: Key, controller: str) -> Iterator[dict[str, Any]]:
    """A key that signs JWTs stands there as a JWK, too: some who read them know no other form."""
    multibase = key.public_key_multibase
    yield {
        "id": key.id,
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": multibase,
    }
    if multibase.startswith("zDn"):
        yield {
            "id": jwk_id(key.id),
            "type": "JsonWebKey",
            "controller": controller,
            "publicKeyJwk": _jwk_of(multibase),
        }


@lru_cache(maxsize=1024)
def _jwk_of(multibase: str) -> dict[str, str]:
    return jwk(multikey.decode_p256(multibase))


def jwk(public_key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """A P-256 key as a JWK (RFC 7518 §6.2.1)."""
    numbers = public_key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _encode(numbers.x.to_bytes(32)),
        "y": _encode(numbers.y.to_bytes(32)),
    }


def by_itself(did: str) -> dict[str, Any] | None:
    """The document that a ``did:key`` or ``did:jwk`` is by itself, of a kind that is read here."""
    return of_key(did) if did.startswith("did:key:") else _of_jwk(did)


def of_key(did: str) -> dict[str, Any] | None:
    multibase = did.removeprefix("did:key:")
    if multibase == did or not multibase.startswith(("z6Mk", "zDn")):
        return None
    key = Key(id=f"{did}#{multibase}", public_key_multibase=multibase)
    return document(did, [key])


def _of_jwk(did: str) -> dict[str, Any] | None:
    if not did.startswith("did:jwk:"):
        return None
    try:
        jwk = json.loads(_decode(did.removeprefix("did:jwk:")))
    except (ValueError, RecursionError):
        return None
    name = f"{did}#0"
    method = {"id": name, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [name]}


def public_key(method: dict[str, Any]) -> PublicKey:
    """The key of a verification method, as Multikey or JWK. Raises ``ValueError`` for others."""
    jwk = method.get("publicKeyJwk")
    if isinstance(jwk, dict):
        return _from_jwk(jwk)
    multibase = str(method.get("publicKeyMultibase"))
    if multibase.startswith("zDn"):
        return multikey.decode_p256(multibase)
    return multikey.decode_ed25519(multibase)


def _from_jwk(jwk: dict[str, Any]) -> PublicKey:
    match jwk:
        case {"kty": "OKP", "crv": "Ed25519", "x": str(x)}:
            return Ed25519PublicKey.from_public_bytes(_decode(x))
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
            point = b"\x04" + _decode(x).rjust(32, b"\0") + _decode(y).rjust(32, b"\0")
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        case {"kty": "RSA", "n": str(n), "e": str(e)}:
            modulus, exponent = int.from_bytes(_decode(n)), int.from_bytes(_decode(e))
            if modulus.bit_length() not in RSA_BITS or exponent >> 32:
                raise ValueError("an RSA key of an unusual size")
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    raise ValueError("a key of another kind")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    if len(text) > 2_000:
        raise ValueError("longer than a number of a key")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
