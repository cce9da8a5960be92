"""Signing keys that never leave a PKCS#11 device: an HSM, a smart card, SoftHSM.

Needs the package python-pkcs11, and the settings that name the device.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from credentials.models import SigningKey
from credentials.vaults.interface import CannotOpenKey, Kind, Made, Signer
from credentials.vc import multikey

LONG_FORM = 0x80
CURVES = {
    # By their object identifiers: id-Ed25519 (RFC 8410) and prime256v1.
    Kind.ED25519: (KeyType.EC_EDWARDS, "1.3.101.112"),
    Kind.P256: (KeyType.EC, "1.2.840.10045.3.1.7"),
}


@lru_cache(maxsize=1)
def _session(module: str, token: str, pin: str) -> Any:
    """One for the life of the process: a device's login is slow, and counted."""
    return pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True)


class DeviceKeys:
    def __init__(self) -> None:
        try:
            self._open = _session(
                settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN
            )
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise CannotOpenKey(f"the PKCS#11 device: {error}") from error

    def make(self, kind: str, *, organization_id: int, fragment: str) -> Made:
        # A transaction that fails leaves its key in the device: the next one needs another name.
        label = f"cairn-{organization_id}-{fragment}-{secrets.token_hex(4)}"
        key_type, curve = CURVES[Kind(kind)]
        parameters = self._open.create_domain_parameters(
            key_type, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
        )
        public, _ = parameters.generate_keypair(store=True, label=label)
        return Made(
            public_key_multibase=_multibase(kind, bytes(public[Attribute.EC_POINT])),
            device_label=label,
        )

    def open(self, key: SigningKey) -> Signer:
        try:
            found = self._open.get_key(object_class=ObjectClass.PRIVATE_KEY, label=key.device_label)
        except pkcs11.PKCS11Error as error:
            raise CannotOpenKey(f"signing key {key.pk}: {error!r}") from error
        return _Ed25519(found) if key.kind == Kind.ED25519 else _Es256(found)


class _Ed25519:
    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        return bytes(self._key.sign(data, mechanism=Mechanism.EDDSA))


class _Es256:
    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        # Not every device hashes; both numbers come at full length, as JWA wants them.
        return bytes(self._key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))


def _multibase(kind: str, point: bytes) -> str:
    raw = _unwrapped(point)
    if kind == Kind.ED25519:
        return multikey.encode_ed25519(Ed25519PublicKey.from_public_bytes(raw))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    return multikey.encode_p256(key)


def _unwrapped(point: bytes) -> bytes:
    """CKA_EC_POINT is an OCTET STRING around the point, here with two bytes before it."""
    assert point[0] == 0x04
    assert point[1] == len(point) - 2 < LONG_FORM
    return point[2:]
