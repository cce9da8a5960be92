"""Bitstring Status List 1.0: a bit per credential in a compressed, signed list."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from credentials.vc import pinned

LENGTH = 131_072
"""Places of a list: the specification's minimum (§6.1), for herd privacy."""
MAX_BYTES = 1_048_576
TTL_MILLISECONDS = 300_000


class Purpose(StrEnum):
    """What a list says of a place that is set. Suspended may be valid again; revoked never."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class UnreadableList(ValueError):
    """The list cannot be decoded within its limits."""


def encode(indexes: Iterable[int], *, length: int = LENGTH) -> str:
    """``encodedList`` with these places set (§3.3): gzip, then base64url with the prefix u."""
    bits = bytearray(length // 8)
    for index in indexes:
        # The first place is the left-most bit (§2.2).
        bits[index // 8] |= 0x80 >> (index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(encoded: str) -> bytes:
    """The bits (§3.4); never inflates more than ``MAX_BYTES``. Raises ``UnreadableList``."""
    if not encoded.startswith("u") or len(encoded) > MAX_BYTES:
        raise UnreadableList("not a base64url list of a sensible size")
    text = encoded[1:]
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        inflater = zlib.decompressobj(wbits=31)
        bits = inflater.decompress(packed, MAX_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise UnreadableList("not gzip in base64url") from error
    if inflater.unconsumed_tail or not inflater.eof:
        raise UnreadableList("longer than it may be, or cut off")
    if len(bits) * 8 < LENGTH:
        raise UnreadableList("shorter than it must be")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Raises ``UnreadableList`` for a place outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise UnreadableList("the place lies outside the list")
    return bool(bits[index // 8] & (0x80 >> (index % 8)))


def entry_id(list_url: str, index: int | str) -> str:
    return f"{list_url}#{index}"


def entry(
    list_url: str, index: int | str, *, purpose: Purpose = Purpose.REVOCATION
) -> dict[str, Any]:
    """``credentialStatus`` of a credential (§2.1)."""
    return {
        "id": entry_id(list_url, index),
        "type": "BitstringStatusListEntry",
        "statusPurpose": str(purpose),
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def document(
    *,
    url: str,
    issuer: str,
    valid_from: str,
    encoded_list: str,
    purpose: Purpose = Purpose.REVOCATION,
) -> dict[str, Any]:
    """The ``BitstringStatusListCredential`` (§2.2), to be signed."""
    return {
        "@context": [pinned.CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from,
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": str(purpose),
            "encodedList": encoded_list,
            "ttl": TTL_MILLISECONDS,
        },
    }
