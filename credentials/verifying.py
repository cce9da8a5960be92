"""Verifying with what this installation knows and what others publish."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Organization
from credentials import addresses, known
from credentials.beside import check_content
from credentials.known import LocalResolver, SiteResolver
from credentials.models import Credential, StatusList
from credentials.resolving import Web
from credentials.vc import carriers
from credentials.vc.did import Key
from credentials.vc.did import document as describe
from credentials.vc.status_list import Purpose
from credentials.vc.verify import (
    Check,
    Outcome,
    Report,
    Unreachable,
    Verdict,
    check_recipient,
    issuer_id,
    status_bits,
    verify,
    verify_dates,
    verify_own,
)
from lib.lru import Lru

SAID_BY_THE_LIST = frozenset({Verdict.VALID, Verdict.REVOKED})
"""What the signed list may say of a credential whose row says more: it sets one bit for both."""


def verify_document(source: bytes | str, *, recipient: str = "", web: Web | None = None) -> Report:
    """Check a credential given as JSON or as a JWT; never raises for what is in it.

    ``recipient`` is an e-mail address or a DID whose credential it should be.
    """
    resolver = SiteResolver(web or known.the_web())
    report = verify(source, resolver=resolver, at=timezone.now(), knows=known.is_known)
    issuer = issuer_id(report.document or {})
    if report.verdict in SAID_BY_THE_LIST and report.document and known.is_ours(issuer):
        own = find_stored(str(report.document.get("id", "")))
        if own and (own.is_revoked or own.is_suspended):
            _say_at_once(report, own)
    if recipient:
        check_recipient(report, recipient)
    return report


def verify_end(document: dict[str, Any]) -> Report:
    """Check the dates of a credential whose issuer is unknown, so that nothing else can be."""
    return verify_dates(document, at=timezone.now())


def verify_file(content: bytes, *, recipient: str = "", web: Web | None = None) -> Report:
    """The same for a file, which may be a picture or a PDF with the credential in it."""
    try:
        carried = carriers.unwrap(content)
    except carriers.NotCarried as error:
        return Report(verdict=Verdict.INVALID, checks=[Check("form", Outcome.FAILED, str(error))])
    report = verify_document(carried.content, recipient=recipient, web=web)
    check_content(report, carried, content)
    return report


def verify_address(url: str, *, recipient: str = "") -> Report:
    """The same for what lies at an address of another site."""
    web = known.the_web()
    try:
        content = web.document(url)
    except Unreachable as error:
        words = f"What is at the address could not be had. {error}"
        check = Check("form", Outcome.UNKNOWN, words)
        return Report(verdict=Verdict.UNREACHABLE, checks=[check])
    return verify_file(content, recipient=recipient, web=web)


def _say_at_once(report: Report, own: Credential | _Row) -> None:
    """The signed list follows within seconds; whoever asks here learns it now, and why."""
    if own.is_revoked:
        report.verdict = Verdict.REVOKED
        words = f"The issuer has revoked it: {own.revocation_reason}"
    else:
        report.verdict = Verdict.SUSPENDED
        words = f"The issuer has suspended it for now: {own.suspension_reason}"
    report.replace(Check("status", Outcome.FAILED, words))


def find_stored(reference: str) -> Credential | None:
    """The credential of this site with this id or address, if there is one."""
    try:
        public_id: uuid.UUID | None = uuid.UUID(reference.strip())
    except ValueError:
        public_id = known.uuid_at(reference.strip(), folder="credentials")
    if public_id is None:
        return None
    readable = Credential.objects.readable().with_page_relations()
    return readable.filter(public_id=public_id).first()


def verify_stored(credential: Credential, *, recipient: str = "") -> Report:
    """Check a stored credential exactly as if its bytes had come from outside."""
    return verify_document(bytes(credential.document), recipient=recipient)


def verify_id(public_id: uuid.UUID) -> Report | None:
    """The same by one query, for who checks many; ``None`` for what is not stored here.

    The proof, the issuer's key, both status lists and the dates are all checked. Lists whose proof
    was found good are remembered until they are signed again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _WHAT_IS_STORED,
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
    if report.verdict in SAID_BY_THE_LIST and (row.is_revoked or row.is_suspended):
        _say_at_once(report, row)
    return report


# Written out, because Django takes longer to write it than the database to answer it.
_WHAT_IS_STORED = """
SELECT c.document,
       c.revoked_at IS NOT NULL, c.revocation_reason,
       c.suspended_at IS NOT NULL, c.suspension_reason,
       o.slug, k.fragment, k.public_key_multibase, k.distrusted_at IS NOT NULL,
       l.public_id, l.signed_at, l.suspensions_signed_at
FROM credentials_credential c
JOIN credentials_signingkey k ON k.id = c.key_id
JOIN accounts_organization o ON o.id = k.organization_id
JOIN credentials_statuslist l ON l.id = c.status_list_id
WHERE c.public_id = %s AND c.erased_at IS NULL
"""


class _Row(NamedTuple):
    document: bytes
    is_revoked: bool
    revocation_reason: str
    is_suspended: bool
    suspension_reason: str
    slug: str
    fragment: str
    public_key_multibase: str
    is_distrusted: bool
    status_list: object
    signed_at: object
    suspensions_signed_at: object


@lru_cache(maxsize=1024)
def _did_of(slug: str, base_url: str) -> str:
    return addresses.issuer_did(Organization(slug=slug))


@lru_cache(maxsize=1024)
def _lists_at(public_id: object, base_url: str) -> tuple[str, str]:
    listed = StatusList(public_id=uuid.UUID(str(public_id)))
    return addresses.status_list(listed), addresses.suspension_list(listed)


_bits: Lru[bytes] = Lru(256)


class _Known(LocalResolver):
    """What the row of a credential says of its issuer and its lists."""

    def __init__(self, row: _Row) -> None:
        self._row = row
        self._did = _did_of(row.slug, settings.BASE_URL)
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
