"""The signing keys of an organization: one active of each kind, made at the first need, rotated.

Retired keys stay listed, so that what they signed goes on verifying.
"""

from __future__ import annotations

import datetime

from django.db import connection, transaction

from accounts.models import Organization
from credentials.models import SigningKey
from credentials.vaults import CannotOpenKey, Kind, open_key, vault_for_new_keys
from lib.prepared import Prepared

__all__ = ["CannotOpenKey", "Kind", "active_key", "open_key", "rotate"]


@transaction.atomic(savepoint=False)
def active_key(
    *, organization: Organization, kind: str = Kind.ED25519, at: datetime.datetime
) -> SigningKey:
    """The key that the organization signs with now, held until the transaction ends.

    Many may hold it at once. Rotation waits for them, so that nothing is signed with a key that
    was retired before.
    """
    key = _held(organization, kind)
    if key is None:
        _lock(organization)
        key = _held(organization, kind) or _make(organization, kind, at=at)
    return key


@transaction.atomic
def rotate(*, organization: Organization, at: datetime.datetime) -> list[SigningKey]:
    """Retire the active keys and make others; returns those."""
    _lock(organization)
    SigningKey.objects.active().filter(organization=organization).update(retired_at=at)
    return [_make(organization, kind, at=at) for kind in Kind]


def _lock(organization: Organization) -> None:
    """Two workers must not make two first keys."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _held(organization: Organization, kind: str) -> SigningKey | None:
    # None is found, too, when the key was retired while we waited for it.
    for row in _ACTIVE.rows(organization.pk, kind):
        key = SigningKey.from_db(connection.alias, _COLUMNS, row)
        key.organization = organization
        return key
    return None


_COLUMNS = [field.attname for field in SigningKey._meta.concrete_fields]
_ACTIVE = Prepared(
    lambda organization, kind: (
        SigningKey.objects.active()
        .filter(organization=organization, kind=kind)
        .values_list(*_COLUMNS)
    ),
    lock="FOR SHARE",
)


def _make(organization: Organization, kind: str, *, at: datetime.datetime) -> SigningKey:
    fragment = f"key-{SigningKey.objects.filter(organization=organization).count() + 1}"
    made = vault_for_new_keys().make(kind, organization_id=organization.pk, fragment=fragment)
    return SigningKey.objects.create(
        organization=organization,
        kind=kind,
        fragment=fragment,
        public_key_multibase=made.public_key_multibase,
        sealed_private_key=made.sealed_private_key,
        device_label=made.device_label,
        created_at=at,
    )
