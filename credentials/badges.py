"""Open Badges that learners bring along: genuine as far as can be told, and their own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from accounts.models import User
from credentials import verifying
from credentials.saying import translated
from credentials.vc import carriers
from credentials.vc.forms import is_open_badge
from credentials.vc.recipients import is_for
from credentials.vc.verify import Outcome, Report, Verdict, issuer_id

USABLE = frozenset({Verdict.VALID, Verdict.UNKNOWN_ISSUER})


class BadgeRefused(Exception):
    """It proves nothing of this learner; the message says why."""


@dataclass(frozen=True)
class Badge:
    source: str
    key: str
    """The same for the same badge, as JSON or as a JWT, with whatever proof."""
    report: Report


def read(source: bytes | str, *, learner: User) -> Badge:
    """Verify the badge: text, or a file that may be a picture or a PDF with the badge in it.

    A badge of an unknown issuer is let through with that verdict, for a person to judge. Raises
    ``BadgeRefused``.
    """
    if isinstance(source, bytes):
        source = _taken_out(source)
    report = examine(source)
    if report.verdict not in USABLE:
        raise BadgeRefused(_last_words(report))
    document = report.document or {}
    if not is_open_badge(document):
        raise BadgeRefused(_("It is a credential, but not an Open Badge of version 3."))
    if not is_for(document["credentialSubject"], _addresses(learner)):
        raise BadgeRefused(
            _(
                "It was not awarded to any of your confirmed e-mail addresses. If it was to another"
                " one of yours, add and confirm that in your profile first."
            )
        )
    text = source if isinstance(source, str) else source.decode(json.detect_encoding(source))
    return Badge(source=text.strip(), key=_key(document), report=report)


def _taken_out(file: bytes) -> bytes:
    """The badge in the file. A certificate whose page was edited proves nothing."""
    report = verifying.verify_file(file)
    if report.verdict not in USABLE:
        raise BadgeRefused(_last_words(report))
    return carriers.unwrap(file).content


def examine(source: bytes | str) -> Report:
    """What the verifier says; an unknown issuer's badge that has expired is judged by that."""
    report = verifying.verify_document(source)
    has_ended = report.outcome_of("dates") == Outcome.FAILED
    if report.verdict == Verdict.UNKNOWN_ISSUER and report.document and has_ended:
        report.verdict = verifying.verify_end(report.document).verdict
    return report


def _last_words(report: Report) -> str:
    for outcome in (Outcome.FAILED, Outcome.UNKNOWN):
        if said := [check.words for check in report.checks if check.outcome == outcome]:
            return translated(said[-1])
    raise AssertionError("A badge was refused, and no check says why.")


def _addresses(learner: User) -> set[str]:
    confirmed = EmailAddress.objects.filter(user=learner, verified=True)
    return set(confirmed.values_list("email", flat=True))


def _key(document: dict[str, Any]) -> str:
    name = document.get("id")
    said: dict[str, Any] = {part: document[part] for part in document if part != "proof"}
    if isinstance(name, str) and name:
        said = {"id": name, "issuer": issuer_id(document)}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
