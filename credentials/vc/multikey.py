"""Public keys and byte strings as Multikey and Multibase (Controlled Identifiers 1.0 §2.2.2)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519_PREFIX = b"\xed\x01"
P256_PREFIX = b"\x80\x24"
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_CHUNK = 58**10
_MAX_LENGTH = 200


def encode_base58btc(data: bytes) -> str:
    """``data`` with the Multibase prefix ``z``."""
    number = int.from_bytes(data)
    pairs = []
    while number:
        # Numbers that the processor can hold divide far faster than long ones.
        number, chunk = divmod(number, _CHUNK)
        for _ in range(5):
            chunk, pair = divmod(chunk, 58 * 58)
            pairs.append(_PAIRS[pair])
    digits = "".join(reversed(pairs)).lstrip("1")
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def decode_base58btc(text: str) -> bytes:
    """Raises ``ValueError`` for what is not base58btc Multibase of a sensible length."""
    if not text.startswith("z") or len(text) > _MAX_LENGTH:
        raise ValueError("not base58btc")
    digits = text[1:]
    number = 0
    try:
        for start in range(0, len(digits), 10):
            part = 0
            for digit in digits[start : start + 10]:
                part = part * 58 + _VALUES[digit]
            # As in encoding: long numbers are touched seldom.
            number = number * 58 ** len(digits[start : start + 10]) + part
    except KeyError as error:
        raise ValueError("not base58btc") from error
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def encode_ed25519(key: Ed25519PublicKey) -> str:
    """``publicKeyMultibase``: begins with ``z6Mk``."""
    return encode_base58btc(ED25519_PREFIX + key.public_bytes_raw())


@lru_cache(maxsize=1024)
def decode_ed25519(text: str) -> Ed25519PublicKey:
    """Raises ``ValueError`` for any other kind of key."""
    data = decode_base58btc(text)
    if not data.startswith(ED25519_PREFIX):
        raise ValueError("not an Ed25519 Multikey")
    return Ed25519PublicKey.from_public_bytes(data[len(ED25519_PREFIX) :])


def encode_p256(key: ec.EllipticCurvePublicKey) -> str:
    """``publicKeyMultibase`` of a compressed point: begins with ``zDn``."""
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return encode_base58btc(P256_PREFIX + point)


def decode_p256(text: str) -> ec.EllipticCurvePublicKey:
    """Raises ``ValueError`` for any other kind of key."""
    data = decode_base58btc(text)
    if not data.startswith(P256_PREFIX):
        raise ValueError("not a P-256 Multikey")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[len(P256_PREFIX) :])
