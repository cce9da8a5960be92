"""Check a credential, as JSON with a proof or as a JWT, and say in words what was checked.

Nothing in a document can make this raise, run long or fetch: whatever the proof, the issuer and
the status need comes from the ``Resolver``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from credentials.vc import proofs
from credentials.vc.dates import check_dates
from credentials.vc.enclosed import check_enclosed
from credentials.vc.forms import check_form, issuer_id
from credentials.vc.reading import MAX_BYTES, MAX_NODES, is_jwt
from credentials.vc.recipients import check_recipient
from credentials.vc.reports import (
    UNDECIDED,
    Check,
    Outcome,
    Report,
    Resolver,
    Stop,
    Unreachable,
    Verdict,
)
from credentials.vc.said import Said
from credentials.vc.statuses import StatusBits, check_status, status_bits

__all__ = [
    "MAX_BYTES",
    "MAX_NODES",
    "UNDECIDED",
    "Check",
    "Outcome",
    "Report",
    "Resolver",
    "StatusBits",
    "Unreachable",
    "Verdict",
    "check_recipient",
    "is_jwt",
    "issuer_id",
    "status_bits",
    "verify",
    "verify_dates",
]


def _anyone(did: str) -> bool:
    return True


def _nothing(report: Report) -> None:
    pass


def verify(
    source: bytes | str,
    *,
    resolver: Resolver,
    at: datetime.datetime,
    knows: Callable[[str], bool] = _anyone,
    add: Callable[[Report], None] = _nothing,
) -> Report:
    """Check a credential given as JSON, or as the text of a JWT.

    Whom ``knows`` does not say yes to is an unknown issuer, however good the signature: that an
    address vouches for a key says nothing of who is behind it. ``add`` puts into the report of
    each, also of those that it encloses, what is known beyond documents and lists.
    """
    report = Report()
    try:
        secured = proofs.read(source)
        document = report.document = secured.document
        report.checks.append(check_form(document))
        report.checks.append(secured.check_issuer(resolver))
        report.checks.append(secured.check_proof(resolver, at))
        unchecked = _add_status(report, resolver, at)
        report.checks.append(check_dates(document, at))
        if report.outcome_of("issuer") == Outcome.UNKNOWN:
            report.verdict = Verdict.UNKNOWN_ISSUER
        elif unchecked:
            report.verdict = Verdict.UNREACHABLE
    except Stop as stop:
        _end(report, stop)
        if stop.verdict == Verdict.UNKNOWN_ISSUER:
            _add_what_its_dates_say(report, at)
    if report.outcome_of("issuer") == Outcome.PASSED:
        _judge_issuer(report, knows)
    add(report)
    if report.is_signed:
        check_enclosed(report, partial(verify, resolver=resolver, at=at, knows=knows, add=add))
    return report


def _add_status(report: Report, resolver: Resolver, at: datetime.datetime) -> bool:
    """Whether it remains open. The dates may decide nevertheless."""
    assert report.document is not None
    if report.outcome_of("issuer") == Outcome.UNKNOWN:
        words = Said("Nothing shows whose word on this it would be.")
        report.checks.append(Check("status", Outcome.UNKNOWN, words))
        return True
    try:
        report.checks.append(check_status(report.document, resolver, at))
    except Stop as stop:
        if stop.verdict != Verdict.UNREACHABLE:
            raise
        report.checks.append(stop.check)
        return True
    return False


def _judge_issuer(report: Report, knows: Callable[[str], bool]) -> None:
    issuer = issuer_id(report.document or {})
    if knows(issuer):
        return
    if report.is_valid:
        report.verdict = Verdict.UNKNOWN_ISSUER
    words = Said(
        "{issuer} vouches for the key that signed it, but is not among the issuers that "
        "are known here: whether to trust it is for you to decide.",
        issuer=issuer[:200],
    )
    report.replace(Check("issuer", Outcome.UNKNOWN, words))


def _end(report: Report, stop: Stop) -> None:
    report.verdict = stop.verdict
    report.checks.append(stop.check)


def _add_what_its_dates_say(report: Report, at: datetime.datetime) -> None:
    """Whoever wrote them: what has ended by its own word need not be looked into further."""
    assert report.document is not None
    said = verify_dates(report.document, at=at)
    report.checks += [
        # Anybody may have written them: that they fit proves nothing.
        replace(check, outcome=Outcome.UNKNOWN) if check.outcome == Outcome.PASSED else check
        for check in said.checks
    ]


def verify_dates(document: dict[str, Any], *, at: datetime.datetime) -> Report:
    """The dates alone."""
    report = Report(document=document)
    try:
        report.checks.append(check_dates(document, at))
    except Stop as stop:
        _end(report, stop)
    return report
