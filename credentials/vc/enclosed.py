"""Credentials inside of another one: each is checked by itself, by its own issuer's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from credentials.vc import clr, endorsements
from credentials.vc.reports import UNDECIDED, Check, Outcome, Report, Verdict
from credentials.vc.said import Said

WORST_FIRST = [
    Verdict.INVALID,
    Verdict.REVOKED,
    Verdict.SUSPENDED,
    Verdict.NOT_YET_VALID,
    Verdict.UNREACHABLE,
    Verdict.UNKNOWN_ISSUER,
]


def check_enclosed(report: Report, verify: Callable[[str], Report]) -> None:
    """Add a check for each credential of a transcript, and for each endorsement that it carries.

    ``verify`` is for one of them alone.

    A fault of one is one of the whole. That one has expired is not: it was earned all the same.
    """
    document = report.document or {}
    found = [_check(one, report, verify) for one in clr.enclosed(document)]
    for endorsed, one in endorsements.carried(document):
        if _check_endorsement(one, endorsed, report, verify) == Verdict.INVALID:
            found.append(Verdict.INVALID)
    if report.is_valid:
        report.verdict = next((bad for bad in WORST_FIRST if bad in found), report.verdict)


def _check_endorsement(
    one: Any, endorsed: str, report: Report, verify: Callable[[str], Report]
) -> Verdict:
    """One that was taken back speaks no more, but not against what it spoke for."""
    alone = verify(_as_text(one))
    about, who = endorsements.endorsed_by(alone.document or one)
    if about != endorsed and alone.verdict != Verdict.INVALID:
        words = Said("The endorsement by {who} is of something else than it stands at.", who=who)
        report.checks.append(Check("endorsement", Outcome.FAILED, words))
        return Verdict.INVALID
    if alone.is_valid:
        words = Said("It is endorsed by {who}.", who=who)
        report.checks.append(Check("endorsement", Outcome.PASSED, words))
        return alone.verdict
    # By a key that its issuer does not list: it may have listed it, until others had it, too.
    is_made_up = alone.verdict == Verdict.INVALID and alone.outcome_of("issuer") != Outcome.FAILED
    outcome = Outcome.FAILED if is_made_up else Outcome.UNKNOWN
    words = Said("An endorsement by {who} does not count: {reason}", who=who, reason=_reason(alone))
    report.checks.append(Check("endorsement", outcome, words))
    return Verdict.INVALID if is_made_up else Verdict.UNKNOWN_ISSUER


def _check(enclosed: Any, report: Report, verify: Callable[[str], Report]) -> Verdict:
    alone = verify(_as_text(enclosed))
    name = clr.title(alone.document or enclosed)
    if alone.is_valid:
        words = Said("“{name}” is genuine and valid.", name=name)
        check = Check("credential", Outcome.PASSED, words)
    else:
        is_open = alone.verdict in UNDECIDED or alone.verdict == Verdict.EXPIRED
        outcome = Outcome.UNKNOWN if is_open else Outcome.FAILED
        words = Said("“{name}”: {reason}", name=name, reason=_reason(alone))
        check = Check("credential", outcome, words)
    report.checks.append(check)
    return alone.verdict


def _as_text(enclosed: Any) -> str:
    """A text among the credentials is the JWT of one."""
    return enclosed if isinstance(enclosed, str) else json.dumps(enclosed)


def _reason(alone: Report) -> Said:
    """Why it is not valid."""
    said = [check.words for check in alone.checks if check.outcome != Outcome.PASSED]
    if alone.verdict == Verdict.UNKNOWN_ISSUER:
        # More is said of it, which nobody vouches for.
        said = [check.words for check in alone.checks if check.name == "issuer"]
    return said[-1] if said else Said("It cannot be trusted.")
