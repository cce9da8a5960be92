"""Where private keys are kept, and how they sign: sealed in a row, or inside a device.

A vault makes keys and opens them; what it opens is a ``Signer``. A key management service is
another vault. Only workers hold what a vault needs: web processes cannot open any key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from credentials.models import SigningKey
from credentials.vc import jwt, multikey

NONCE_BYTES = 12
Kind = SigningKey.Kind


class CannotOpenKey(Exception):
    """This process does not have what opens the key, or has another."""


class Signer(Protocol):
    """One private key. P-256 signatures are the 64 bytes of ES256 (RFC 7518 §3.4)."""

    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new key: its public half, and how its row finds the private one again."""

    public_key_multibase: str
    sealed_private_key: bytes = b""
    device_label: str = ""


class Vault(Protocol):
    def make(self, kind: str, *, organization_id: int, fragment: str) -> Made: ...

    def open(self, key: SigningKey) -> Signer:
        """Raises ``CannotOpenKey``."""
        ...


def open_key(key: SigningKey) -> Signer:
    """The private half, for a worker. Raises ``CannotOpenKey``."""
    return (device_vault() if key.device_label else SealedKeys()).open(key)


def vault_for_new_keys() -> Vault:
    return device_vault() if settings.PKCS11_MODULE else SealedKeys()


def device_vault() -> Vault:
    # Its library is installed only where there is such a device.
    make: Callable[[], Vault] = import_module("credentials.pkcs11").DeviceKeys
    return make()


class SealedKeys:
    """AES-256-GCM (NIST SP 800-38D) under the installation's key-encryption key.

    The organization and the key's fragment are authenticated with it, so that a sealed key copied
    to another row does not open.
    """

    def make(self, kind: str, *, organization_id: int, fragment: str) -> Made:
        if kind == Kind.ED25519:
            edwards = Ed25519PrivateKey.generate()
            raw = edwards.private_bytes_raw()
            public = multikey.encode_ed25519(edwards.public_key())
        else:
            weierstrass = ec.generate_private_key(ec.SECP256R1())
            raw = weierstrass.private_numbers().private_value.to_bytes(32)
            public = multikey.encode_p256(weierstrass.public_key())
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = _cipher().encrypt(nonce, raw, _context(organization_id, fragment))
        return Made(public_key_multibase=public, sealed_private_key=nonce + sealed)

    def open(self, key: SigningKey) -> Signer:
        sealed = bytes(key.sealed_private_key)
        context = _context(key.organization_id, key.fragment)
        try:
            raw = _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag as error:
            raise CannotOpenKey(f"signing key {key.pk}") from error
        if key.kind == Kind.ED25519:
            return Ed25519PrivateKey.from_private_bytes(raw)
        return jwt.PrivateKey(ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1()))


def _cipher() -> AESGCM:
    if not settings.KEY_ENCRYPTION_KEY:
        raise CannotOpenKey("Only workers have the key-encryption key.")
    return AESGCM(bytes.fromhex(settings.KEY_ENCRYPTION_KEY))


def _context(organization_id: int, fragment: str) -> bytes:
    return f"{organization_id}#{fragment}".encode()
