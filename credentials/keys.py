"""Signing keys: made, sealed at rest, opened by workers only.

Sealed with AES-256-GCM (NIST SP 800-38D) under the installation's key-encryption key; the
organization and the key's fragment are authenticated with it, so that a sealed key copied to
another row does not open.
"""

from __future__ import annotations

import datetime
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from accounts.models import Organization
from credentials.models import SigningKey
from credentials.vc import multikey

NONCE_BYTES = 12


class CannotOpenKey(Exception):
    """The key-encryption key is not the one that sealed this key."""


@transaction.atomic
def active_key(*, organization: Organization, at: datetime.datetime) -> SigningKey:
    """The key that the organization signs with now, made at the first need."""
    # The organization's row is the lock: two workers must not make two first keys.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    key = SigningKey.objects.active().filter(organization=organization).first()
    return key or _make(organization=organization, at=at)


@transaction.atomic
def rotate(*, organization: Organization, at: datetime.datetime) -> SigningKey:
    """Retire the active key and make another. What the old one signed goes on verifying."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    SigningKey.objects.active().filter(organization=organization).update(retired_at=at)
    return _make(organization=organization, at=at)


def _make(*, organization: Organization, at: datetime.datetime) -> SigningKey:
    private_key = Ed25519PrivateKey.generate()
    fragment = f"key-{SigningKey.objects.filter(organization=organization).count() + 1}"
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher().encrypt(
        nonce, private_key.private_bytes_raw(), _context(organization.pk, fragment)
    )
    return SigningKey.objects.create(
        organization=organization,
        fragment=fragment,
        public_key_multibase=multikey.encode_ed25519(private_key.public_key()),
        sealed_private_key=nonce + sealed,
        created_at=at,
    )


def open_private_key(key: SigningKey) -> Ed25519PrivateKey:
    """The private half. Raises ``CannotOpenKey``."""
    sealed = bytes(key.sealed_private_key)
    try:
        raw = _cipher().decrypt(
            sealed[:NONCE_BYTES],
            sealed[NONCE_BYTES:],
            _context(key.organization_id, key.fragment),
        )
    except InvalidTag as error:
        raise CannotOpenKey(f"signing key {key.pk}") from error
    return Ed25519PrivateKey.from_private_bytes(raw)


def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(settings.KEY_ENCRYPTION_KEY))


def _context(organization_id: int, fragment: str) -> bytes:
    return f"{organization_id}#{fragment}".encode()
