"""Signing keys that never leave a PKCS#11 device: an HSM, a smart card, SoftHSM.

Needs the package python-pkcs11, and the settings that name the device.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_edwards_named_curve_parameters, encode_named_curve_parameters

from credentials.models import SigningKey
from credentials.signers import CannotOpenKey, Kind, Made, Signer
from credentials.vc import multikey

LONG_FORM = 0x80


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
        label = f"cairn-{organization_id}-{fragment}"
        if kind == Kind.ED25519:
            curve = encode_edwards_named_curve_parameters("1.3.101.112")
            key_type = KeyType.EC_EDWARDS
        else:
            curve = encode_named_curve_parameters("secp256r1")
            key_type = KeyType.EC
        parameters = self._open.create_domain_parameters(
            key_type, {Attribute.EC_PARAMS: curve}, local=True
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
        is_edwards = key.kind == Kind.ED25519
        return _DeviceKey(found, Mechanism.EDDSA if is_edwards else Mechanism.ECDSA_SHA256)


class _DeviceKey:
    def __init__(self, key: Any, mechanism: Mechanism) -> None:
        self._key = key
        self._mechanism = mechanism

    def sign(self, data: bytes, /) -> bytes:
        # PKCS#11 gives both numbers of an ECDSA signature at full length, as JWA wants them.
        return bytes(self._key.sign(data, mechanism=self._mechanism))


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
