"""Whether a credential is a certain person's, as far as it says so (Open Badges 3.0 §B.1.17)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from credentials.vc.documents import hash_identity
from credentials.vc.forms import as_list, subjects
from credentials.vc.reports import Check, Outcome, Report, Verdict
from credentials.vc.said import Said

MAILTO = "mailto:"
_BY_DID = {
    Outcome.UNKNOWN: Said("It does not say by an identifier whose it is."),
    Outcome.PASSED: Said("It was awarded to this identifier."),
    Outcome.FAILED: Said("It was awarded to another identifier."),
}
_BY_MAIL = {
    Outcome.UNKNOWN: Said("It does not say by an e-mail address whose it is."),
    Outcome.PASSED: Said("It was awarded to this e-mail address."),
    Outcome.FAILED: Said("It was awarded to another e-mail address."),
}


def check_recipient(report: Report, recipient: str) -> None:
    """Add whether it was awarded to this e-mail address or DID."""
    if report.outcome_of("form") != Outcome.PASSED or report.document is None:
        return
    recipient = recipient.strip()
    is_did = recipient.startswith("did:")
    about = subjects(report.document)
    if is_did:
        says = [subject["id"] == recipient for subject in about if _is_did(subject.get("id"))]
    else:
        says = [is_for(subject, {recipient}) for subject in about if names_by_address(subject)]
    if not says:
        outcome = Outcome.UNKNOWN
    else:
        outcome = Outcome.PASSED if any(says) else Outcome.FAILED
    words = (_BY_DID if is_did else _BY_MAIL)[outcome]
    report.checks.append(Check("recipient", outcome, words))
    if outcome == Outcome.FAILED and report.is_valid:
        report.verdict = Verdict.OTHER_RECIPIENT


def _is_did(identifier: Any) -> bool:
    return isinstance(identifier, str) and identifier.startswith("did:")


def names_by_address(subject: dict[str, Any]) -> bool:
    """Whether it says by an e-mail address whose it is."""
    return bool(_mailto(subject)) or any(True for _ in _mail_identities(subject))


def is_for(subject: dict[str, Any], addresses: Collection[str]) -> bool:
    """Whether a credential's subject is who reads mail at one of these addresses.

    By an ``id`` that is an address, or by an ``emailAddress`` among its identifiers, hashed or
    not. What both say must agree: an ``id`` that is another's address is not made good by an
    identifier.
    """
    # Other issuers may have written the address in another case before hashing it.
    spelled = {form for address in addresses for form in (address, address.lower())}
    own = {address.lower() for address in addresses}
    if named := _mailto(subject):
        return named.lower() in own
    return any(_is_one_of(identity, spelled, own) for identity in _mail_identities(subject))


def name_of(subject: dict[str, Any]) -> str:
    """The name that it is printed with, from the identity of type ``name``; empty without one."""
    for identity in as_list(subject.get("identifier")):
        match identity:
            case {"identityType": "name", "identityHash": str(name)} if not identity.get("hashed"):
                return name
    return ""


def _mailto(subject: dict[str, Any]) -> str:
    identifier = subject.get("id")
    named = identifier if isinstance(identifier, str) else ""
    return named[len(MAILTO) :] if named.lower().startswith(MAILTO) else ""


def _mail_identities(subject: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for identity in as_list(subject.get("identifier")):
        if isinstance(identity, dict) and identity.get("identityType") == "emailAddress":
            yield identity


def _is_one_of(identity: dict[str, Any], spelled: set[str], own: set[str]) -> bool:
    value, salt = identity.get("identityHash"), identity.get("salt") or ""
    if not isinstance(value, str) or not isinstance(salt, str):
        return False
    if identity.get("hashed") is True:
        return value.lower() in {hash_identity(address, salt) for address in spelled}
    return value.lower() in own
