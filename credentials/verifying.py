"""Verifying with what this installation knows and what others publish."""

from __future__ import annotations

import uuid
from typing import Any, Protocol

from django.utils import timezone

from credentials import known
from credentials.beside import check_content
from credentials.known import SiteResolver
from credentials.models import Credential, StatusList
from credentials.reasons import recall
from credentials.resolving import Web
from credentials.vc import carriers
from credentials.vc.forms import as_list
from credentials.vc.said import Said
from credentials.vc.verify import (
    Check,
    Outcome,
    Report,
    Unreachable,
    Verdict,
    check_recipient,
    issuer_id,
    verify,
    verify_dates,
)

SAID_BY_THE_LIST = frozenset({Verdict.VALID, Verdict.REVOKED})
"""What the signed list may say of a credential whose row says more: it sets one bit for both."""


def verify_document(source: bytes | str, *, recipient: str = "", web: Web | None = None) -> Report:
    """Check a credential given as JSON or as a JWT; never raises for what is in it.

    ``recipient`` is an e-mail address or a DID whose credential it should be.
    """
    resolver = SiteResolver(web or known.the_web())
    report = verify(
        source, resolver=resolver, at=timezone.now(), knows=known.is_known, add=_add_what_is_stored
    )
    if recipient:
        check_recipient(report, recipient)
    return report


def _add_what_is_stored(report: Report) -> None:
    issuer = issuer_id(report.document or {})
    if report.verdict in SAID_BY_THE_LIST and report.document and known.is_ours(issuer):
        own = find_stored(str(report.document.get("id", "")))
        if own:
            add_what_the_row_says(report, own)


def verify_end(document: dict[str, Any]) -> Report:
    """Check the dates alone, of what was not looked at so far."""
    return verify_dates(document, at=timezone.now())


def verify_file(content: bytes, *, recipient: str = "", web: Web | None = None) -> Report:
    """The same for a file, which may be a picture or a PDF with the credential in it."""
    try:
        carried = carriers.unwrap(content)
    except carriers.NotCarried as error:
        return Report(verdict=Verdict.INVALID, checks=[Check("form", Outcome.FAILED, error.words)])
    report = verify_document(carried.content, recipient=recipient, web=web)
    check_content(report, carried, content)
    return report


def verify_address(url: str, *, recipient: str = "") -> Report:
    """The same for what lies at an address of another site."""
    web = known.the_web()
    try:
        content = web.document(url)
    except Unreachable as error:
        words = Said("What is at the address could not be had. {reason}", reason=error.words)
        check = Check("form", Outcome.UNKNOWN, words)
        return Report(verdict=Verdict.UNREACHABLE, checks=[check])
    return verify_file(content, recipient=recipient, web=web)


class Own(Protocol):
    """What the row of a credential says of its state."""

    @property
    def is_revoked(self) -> bool: ...

    @property
    def revocation_reason(self) -> str: ...

    @property
    def is_suspended(self) -> bool: ...

    @property
    def suspension_reason(self) -> str: ...


def add_what_the_row_says(report: Report, own: Own) -> None:
    """The signed list follows within seconds; whoever asks here learns it now, and why."""
    if report.verdict not in SAID_BY_THE_LIST:
        return
    if own.is_revoked:
        report.verdict = Verdict.REVOKED
        words = Said("The issuer has revoked it: {reason}", reason=recall(own.revocation_reason))
        report.replace(Check("status", Outcome.FAILED, words))
    elif own.is_suspended:
        report.verdict = Verdict.SUSPENDED
        words = Said("The issuer has suspended it for now: {reason}", reason=own.suspension_reason)
        report.replace(Check("status", Outcome.FAILED, words))
    elif report.verdict == Verdict.REVOKED and _is_list_behind(report.document or {}):
        _go_on_as_reinstated(report)


def _is_list_behind(document: dict[str, Any]) -> bool:
    """Whether its list is yet to be signed as the rows say. If not, the list is believed."""
    entries = as_list(document.get("credentialStatus") or [])
    named = {
        known.uuid_at(str(one.get("statusListCredential")), folder="status") for one in entries
    }
    return StatusList.objects.due().filter(public_id__in=filter(None, named)).exists()


def _go_on_as_reinstated(report: Report) -> None:
    """With what was not looked at, because the list still has it."""
    words = Said("The issuer has neither revoked nor suspended it.")
    report.replace(Check("status", Outcome.PASSED, words))
    dates = verify_end(report.document or {})
    report.checks += dates.checks
    report.verdict = dates.verdict


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
