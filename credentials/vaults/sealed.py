"""Private keys in the database, sealed under the installation's key-encryption key."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from credentials.models import SigningKey
from credentials.vaults.interface import CannotOpenKey, Kind, Made, Signer
from credentials.vc import jwt, multikey

NONCE_BYTES = 12


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
