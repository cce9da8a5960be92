"""Verifying what is stored here, for who checks many: by one query, and by its few known shapes.

The proof, the issuer's key, its status list and the dates are all checked, as ``verify_stored``
does. Lists whose proof was found good are remembered until they are signed again.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Organization
from credentials import addresses
from credentials.known import LocalResolver
from credentials.models import Credential, StatusList
from credentials.vc.did import Key
from credentials.vc.did import document as describe
from credentials.vc.own import verify_own
from credentials.vc.status_list import Purpose
from credentials.vc.verify import Report, status_bits
from credentials.verifying import add_what_the_row_says
from lib.lru import Lru


def verify_id(public_id: uuid.UUID) -> Report | None:
    """``None`` for what is not stored here, or was forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STORED[connection.vendor],
            [Credential._meta.get_field("public_id").get_db_prep_value(public_id, connection)],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    row = _Row(*found)
    known = _Known(row)
    report = verify_own(
        bytes(row.document), resolver=known, bits=known.status_bits, at=timezone.now()
    )
    add_what_the_row_says(report, row)
    return report


# The function's plan is kept by PostgreSQL. To plan a join takes it longer than to answer it; and
# Django, to write it.
_STORED = {
    "postgresql": "SELECT * FROM credentials_stored(%s)",
    "sqlite": """
SELECT c.document,
       c.revoked_at IS NOT NULL, c.revocation_reason,
       c.suspended_at IS NOT NULL, c.suspension_reason,
       o.slug, o.is_platform, k.fragment, k.public_key_multibase, k.distrusted_at IS NOT NULL,
       l.public_id, l.signed_at, l.suspensions_signed_at
FROM credentials_credential c
JOIN credentials_signingkey k ON k.id = c.key_id
JOIN accounts_organization o ON o.id = k.organization_id
JOIN credentials_statuslist l ON l.id = c.status_list_id
WHERE c.public_id = %s AND c.erased_at IS NULL
""",
}


class _Row(NamedTuple):
    document: bytes
    is_revoked: bool
    revocation_reason: str
    is_suspended: bool
    suspension_reason: str
    slug: str
    is_platform: bool
    fragment: str
    public_key_multibase: str
    is_distrusted: bool
    status_list: object
    signed_at: object
    suspensions_signed_at: object


@lru_cache(maxsize=1024)
def _did_of(slug: str, base_url: str, *, is_platform: bool) -> str:
    return addresses.issuer_did(Organization(slug=slug, is_platform=is_platform))


@lru_cache(maxsize=1024)
def _lists_at(public_id: object, base_url: str) -> tuple[str, str]:
    listed = StatusList(public_id=uuid.UUID(str(public_id)))
    return addresses.status_list(listed), addresses.suspension_list(listed)


_bits: Lru[bytes] = Lru(256)


class _Known(LocalResolver):
    """What the row of a credential says of its issuer and its lists."""

    def __init__(self, row: _Row) -> None:
        self._row = row
        self._did = _did_of(row.slug, settings.BASE_URL, is_platform=bool(row.is_platform))
        revocations, suspensions = _lists_at(row.status_list, settings.BASE_URL)
        self._signed_at = {revocations: row.signed_at, suspensions: row.suspensions_signed_at}

    def did_document(self, did: str) -> dict[str, Any] | None:
        """With the one key that signed it."""
        if did != self._did:
            return None
        key = Key(
            id=f"{did}#{self._row.fragment}",
            public_key_multibase=self._row.public_key_multibase,
            is_compromised=self._row.is_distrusted,
        )
        return describe(did, [key])

    def status_bits(self, url: str, purpose: Purpose, issuer: str) -> bytes:
        key = url, purpose, issuer, self._signed_at.get(url)
        bits = _bits.get(key) if url in self._signed_at else None
        if bits is None:
            # Another key than the credential's may have signed the list.
            bits = status_bits(url, purpose, issuer, resolver=LocalResolver(), at=timezone.now())
            if url in self._signed_at:
                _bits.put(key, bits)
        return bits
