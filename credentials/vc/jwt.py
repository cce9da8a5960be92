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
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credentials.vc.did import PublicKey, jwk
from credentials.vc.said import Explained, Said

ALGORITHM = "ES256"
ALGORITHMS = ("ES256", "EdDSA", "RS256")
"""What others sign with is read, too (Open Badges 3.0 §8.2.2.1)."""
TYPE = "vc+jwt"
CLAIMS = ("iss", "jti", "nbf", "sub", "exp")
SIGNATURE_BYTES = 64
_ES256 = ec.ECDSA(hashes.SHA256())
_write = json.JSONEncoder(separators=(",", ":")).encode
_PROOF = b', "proof": {'
_SUBJECT = b'"credentialSubject": {'
_ID = b'"id": "'
_UNTIL = b'"validUntil": '
_ACHIEVEMENT = b'"achievement": {"id": "'
_RESULT = b', "result": '
MOST_SHARED = 16
"""Of a batch: to look through them must cost less than they spare."""


class Unreadable(Explained, ValueError):
    """It is not a JWT of the kind that is made here."""


class SignsEs256(Protocol):
    """Whatever makes ES256 signatures, as the 64 bytes of JWA (RFC 7518 §3.4)."""

    def sign(self, data: bytes, /) -> bytes: ...


class PrivateKey:
    """A P-256 key in memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        return as_jwa(self._key.sign(data, _ES256))


def as_jwa(signature: bytes) -> bytes:
    """The 64 bytes of JWA from a signature in DER (RFC 3279 §2.2.3)."""
    # A sequence of two integers, each with a kind, a length and perhaps a zero before its 32 bytes.
    middle = 4 + signature[3]
    r, s = signature[4:middle], signature[middle + 2 :]
    return r[-32:].rjust(32, b"\0") + s[-32:].rjust(32, b"\0")


def header(public_key: ec.EllipticCurvePublicKey, *, key_id: str) -> bytes:
    """The first part of the JWTs that this key signs."""
    said = {"alg": ALGORITHM, "typ": TYPE, "kid": key_id, "jwk": jwk(public_key)}
    return encode(_write(said).encode())


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

    def may_fit(self, text: bytes, *, after: int = 0) -> bool:
        """Whether a credential has the optional members that these claims have, and no others.

        A quotation mark inside of a text is escaped, so what is found here are members. The end
        stands ``after`` the achievement in it.
        """
        about = text.find(_SUBJECT)
        has_id = about >= 0 and text.startswith(_ID, about + len(_SUBJECT))
        has_end = text.find(_UNTIL, after) >= 0
        return has_id == bool(self.subject) and has_end == bool(self.valid_until)

    def written(self) -> str:
        """As members of a JSON object."""
        said = (
            f'"iss":{_quoted(self.issuer)},"jti":{_quoted(self.id)},'
            f'"nbf":{_seconds(self.valid_from)}'
        )
        if self.subject:
            said += f',"sub":{_quoted(self.subject)}'
        if self.valid_until:
            said += f',"exp":{_seconds(self.valid_until)}'
        return said


def sign(document: bytes, *, header: bytes, private_key: SignsEs256) -> bytes:
    """The JWT of one credential that was signed by ``data_integrity.sign``, from its bytes."""
    return Envelope(private_key, header=header).close(document)


class Envelope:
    """What closes a batch of credentials into JWTs, by one key."""

    def __init__(self, private_key: SignsEs256, *, header: bytes) -> None:
        self._sign = private_key.sign
        self._begins = header + b"."
        self._shared: list[_Shared] = []

    def close(self, document: bytes, claims: Claims | None = None) -> bytes:
        """The JWT of a credential that was signed by ``data_integrity.sign``, from its bytes.

        Whoever knows the claims spares the reading of the document.
        """
        # What stands before the proof is the credential, byte for byte: nothing is written anew.
        text = document[: document.rindex(_PROOF)]
        at = text.find(_ACHIEVEMENT)
        part = self._part(text, at) if at >= 0 else None
        if claims is None or not claims.may_fit(text, after=at + len(part.text) if part else 0):
            claims = Claims.of(json.loads(text + b"}"))
        payload = b"%s, %s}" % (text, claims.written().encode())
        signing_input = self._begins + (part.encode(payload, at) if part else encode(payload))
        return b"%s.%s" % (signing_input, encode(self._sign(signing_input)))

    def _part(self, text: bytes, at: int) -> _Shared | None:
        """The achievement, which is there in the text."""
        for part in self._shared:
            if text.startswith(part.text, at):
                return part
        end = text.find(_RESULT, at)
        if end < 0 or len(self._shared) == MOST_SHARED:
            return None
        self._shared.append(_Shared(text[at:end]))
        return self._shared[-1]


class _Shared:
    """A part of many texts in base64, written once.

    Three bytes become four letters, so there are three ways to write it, by where it begins. What
    is left over at its ends is written with what stands beside it.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._lengths = [(len(text) - skipped) // 3 * 3 for skipped in range(3)]
        self._written = [
            _base64(text[skipped : skipped + length])
            for skipped, length in enumerate(self._lengths)
        ]

    def encode(self, whole: bytes, at: int) -> bytes:
        """A text in base64url that has this part at this place."""
        skipped = -at % 3
        start = at + skipped
        end = start + self._lengths[skipped]
        return _for_urls(_base64(whole[:start]) + self._written[skipped] + _base64(whole[end:]))


@lru_cache(maxsize=64)
def _seconds(moment: str) -> int:
    return int(datetime.datetime.fromisoformat(moment).timestamp())


def encode(data: bytes) -> bytes:
    """In base64url without padding (RFC 7515 §2)."""
    return _for_urls(_base64(data))


def _base64(data: bytes) -> bytes:
    return binascii.b2a_base64(data, newline=False)


def _for_urls(letters: bytes) -> bytes:
    # As ``base64.urlsafe_b64encode``, in half its time: JSON hardly ever has these two.
    return letters.replace(b"+", b"-").replace(b"/", b"_").rstrip(b"=")


def read(token: str) -> tuple[str, str, bytes, bytes]:
    """Header and payload as text, what was signed, and the signature. Raises ``Unreadable``."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise Unreadable(Said("It does not have three parts."))
    try:
        header, payload, signature = [decode(part) for part in parts]
        return header.decode(), payload.decode(), f"{parts[0]}.{parts[1]}".encode(), signature
    except (binascii.Error, ValueError) as error:
        raise Unreadable(Said("Its parts are not text in base64url.")) from error


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
