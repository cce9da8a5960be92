"""What was found, in words, and where that is asked which a document does not say itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from credentials.vc.said import Explained, Said


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNREACHABLE = "unreachable"
    OTHER_RECIPIENT = "other_recipient"


UNDECIDED = frozenset({Verdict.UNKNOWN_ISSUER, Verdict.UNREACHABLE})
"""Nothing speaks against the credential, and not enough for it. Never to be shown as good."""
ORDER = ("form", "issuer", "proof", "status", "dates")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; in this order: form, issuer, proof, status, dates.

    ``recipient`` and ``content`` follow, where there is something to hold the credential against.
    """

    name: str
    outcome: Outcome
    words: Said


@dataclass
class Report:
    verdict: Verdict = Verdict.VALID
    checks: list[Check] = field(default_factory=list)
    document: dict[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        return self.verdict == Verdict.VALID

    @property
    def is_signed(self) -> bool:
        """Whether what it says is the word of the issuer that it names."""
        return self.verdict != Verdict.INVALID and self.outcome_of("proof") == Outcome.PASSED

    def outcome_of(self, name: str) -> Outcome:
        found = [check.outcome for check in self.checks if check.name == name]
        return found[-1] if found else Outcome.SKIPPED

    def in_full(self) -> list[Check]:
        """The checks in their order, with those not made because an earlier one decided."""
        made = {check.name for check in self.checks}
        left = [
            Check(
                name,
                Outcome.SKIPPED,
                Said("Not checked, because what was found before decides."),
            )
            for name in ORDER
            if name not in made
        ]
        usual = [check for check in self.checks if check.name in ORDER] + left
        usual.sort(key=lambda check: ORDER.index(check.name))
        return usual + [check for check in self.checks if check.name not in ORDER]

    def replace(self, check: Check) -> None:
        """Say this instead of what was said under its name."""
        self.checks = [check if said.name == check.name else said for said in self.checks]


class Unreachable(Explained):
    """It may exist, but could not be had now."""


class Resolver(Protocol):
    """Where keys and status lists come from; ``None`` for what is not known there.

    Each may raise ``Unreachable``.
    """

    def did_document(self, did: str) -> dict[str, Any] | None:
        """Of a DID, or of an issuer whose ``https`` address is its name."""

    def status_list(self, url: str) -> dict[str, Any] | str | None:
        """A list as JSON, or as a JWT."""

    def key(self, url: str) -> dict[str, Any] | None:
        """The JWK at an address (Open Badges 3.0 §8.2.3)."""


class Stop(Explained):
    """A check that decides the verdict, so that those after it would say nothing."""

    def __init__(self, verdict: Verdict, name: str, words: Said) -> None:
        super().__init__(words)
        self.verdict = verdict
        outcome = Outcome.UNKNOWN if verdict in UNDECIDED else Outcome.FAILED
        self.check = Check(name, outcome, words)


def bad_form(words: Said) -> Stop:
    return Stop(Verdict.INVALID, "form", words)
