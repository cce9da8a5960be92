"""Credentials as JWTs: VC-JOSE-COSE §3.1 with the claims of Open Badges 3.0 §8.2.4.

Those made here are ES256; others are read, too.

The payload is the credential itself, without its embedded proof; there is no ``vc`` claim. The
header names the key by its absolute id, under which it stands in the issuer's DID document, and
carries it, too: some verifiers look for the one, and some for the other (Open Badges 3.0 §8.2.4.1).
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from credentials.vc.did import PublicKey, jwk

ALGORITHM = "ES256"
ALGORITHMS = ("ES256", "EdDSA", "RS256")
"""What others sign with is read, too (Open Badges 3.0 §8.2.2.1)."""
TYPE = "vc+jwt"
CLAIMS = ("iss", "jti", "nbf", "sub", "exp")
SIGNATURE_BYTES = 64
_ES256 = ec.ECDSA(hashes.SHA256())
_write = json.JSONEncoder(separators=(",", ":")).encode
_PROOF = b', "proof": {'


class Unreadable(ValueError):
    """It is not a JWT of the kind that is made here."""


class SignsEs256(Protocol):
    """Whatever makes ES256 signatures, as the 64 bytes of JWA (RFC 7518 §3.4)."""

    def sign(self, data: bytes, /) -> bytes: ...


class PrivateKey:
    """A P-256 key in memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        r, s = decode_dss_signature(self._key.sign(data, _ES256))
        return r.to_bytes(32) + s.to_bytes(32)


def header(public_key: ec.EllipticCurvePublicKey, *, key_id: str) -> bytes:
    """The first part of the JWTs that this key signs."""
    said = {"alg": ALGORITHM, "typ": TYPE, "kid": key_id, "jwk": jwk(public_key)}
    return _encode(_write(said).encode())


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the JWT says by names of its own (Open Badges 3.0 §8.2.4.2), as the credential does."""

    issuer: str
    id: str
    valid_from: str
    valid_until: str = ""
    subject: str = ""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Claims:
        issuer = document["issuer"]
        return cls(
            issuer=issuer["id"] if isinstance(issuer, dict) else issuer,
            id=document["id"],
            valid_from=document["validFrom"],
            valid_until=document.get("validUntil", ""),
            subject=document["credentialSubject"].get("id", ""),
        )

    def may_fit(self, text: bytes) -> bool:
        """Whether a credential has the optional members that these claims have, and no others.

        A quotation mark inside of a text is escaped, so what is found here are members.
        """
        return (b'"credentialSubject": {"id": "' in text) == bool(self.subject) and (
            b'"validUntil": ' in text
        ) == bool(self.valid_until)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "iss": self.issuer,
            "jti": self.id,
            "nbf": _seconds(self.valid_from),
        }
        if self.subject:
            said["sub"] = self.subject
        if self.valid_until:
            said["exp"] = _seconds(self.valid_until)
        return said


def sign(
    document: bytes, *, header: bytes, private_key: SignsEs256, claims: Claims | None = None
) -> bytes:
    """The JWT of a credential that was signed by ``data_integrity.sign``, from its bytes.

    Whoever knows the claims spares the reading of the document.
    """
    # What stands before the proof is the credential, byte for byte: nothing is written anew.
    text = document[: document.rindex(_PROOF)]
    if claims is None or not claims.may_fit(text):
        claims = Claims.of(json.loads(text + b"}"))
    said = _write(claims.as_json()).encode()
    payload = _encode(b"%s, %s" % (text, said[1:]))
    signing_input = b"%s.%s" % (header, payload)
    return b"%s.%s" % (signing_input, _encode(private_key.sign(signing_input)))


@lru_cache(maxsize=64)
def _seconds(moment: str) -> int:
    return int(datetime.datetime.fromisoformat(moment).timestamp())


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def read(token: str) -> tuple[str, str, bytes, bytes]:
    """Header and payload as text, what was signed, and the signature. Raises ``Unreadable``."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise Unreadable("It does not have three parts.")
    try:
        header, payload, signature = [decode(part) for part in parts]
        return header.decode(), payload.decode(), f"{parts[0]}.{parts[1]}".encode(), signature
    except (binascii.Error, ValueError) as error:
        raise Unreadable("Its parts are not text in base64url.") from error


def fits(algorithm: str, public_key: PublicKey) -> bool:
    """Whether keys of this kind make signatures by this algorithm."""
    kinds = {
        "ES256": ec.EllipticCurvePublicKey,
        "EdDSA": Ed25519PublicKey,
        "RS256": rsa.RSAPublicKey,
    }
    return isinstance(public_key, kinds[algorithm])


def is_signature_valid(
    signed: bytes, signature: bytes, *, public_key: PublicKey, algorithm: str = ALGORITHM
) -> bool:
    """Whether the key made this signature by this algorithm, and they fit each other."""
    try:
        match algorithm, public_key:
            case "ES256", ec.EllipticCurvePublicKey() if len(signature) == SIGNATURE_BYTES:
                half = SIGNATURE_BYTES // 2
                numbers = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
                public_key.verify(encode_dss_signature(*numbers), signed, _ES256)
            case "EdDSA", Ed25519PublicKey():
                public_key.verify(signature, signed)
            case "RS256", rsa.RSAPublicKey():
                public_key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
