"""Whether the issuer has revoked or suspended a credential.

By Bitstring Status Lists 1.0, which prove themselves, and by 1EdTech's revocation list, which is
believed because it comes from the address that the signed credential names. Lists are read anew
each time, so that none is older than its ``ttl`` allows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from credentials.vc import proofs, status_list
from credentials.vc.dates import moment
from credentials.vc.forms import as_list, issuer_id
from credentials.vc.reports import Check, Outcome, Resolver, Stop, Unreachable, Verdict
from credentials.vc.said import Said
from credentials.vc.status_list import Purpose

StatusBits = Callable[[str, Purpose, str], bytes]
"""The bits of the list at an address, for a purpose, of an issuer; what cannot be trusted stops."""
BITSTRING = "BitstringStatusListEntry"
REVOCATION_LIST = "1EdTechRevocationList"
NO_BEARING = frozenset({"message", "refresh"})
"""Purposes that say nothing of whether the credential is valid (Bitstring Status List 1.0 §2.1)."""
_REVOKED = ("revokedCredential", "revokedCredentials")


def check_status(
    document: dict[str, Any],
    resolver: Resolver,
    at: datetime.datetime,
    *,
    bits: StatusBits | None = None,
) -> Check:
    """Raises ``Stop``."""
    entries = [
        entry
        for entry in as_list(document.get("credentialStatus") or [])
        if not (isinstance(entry, dict) and str(entry.get("statusPurpose")) in NO_BEARING)
    ]
    if not entries:
        words = Said("The issuer has not provided for revoking it.")
        return Check("status", Outcome.SKIPPED, words)
    purposes = [_purpose(entry) for entry in entries]
    bits = bits or partial(status_bits, resolver=resolver, at=at)
    issuer = issuer_id(document)
    found = {
        purpose
        for purpose, entry in zip(purposes, entries, strict=True)
        if _is_named(document, entry, resolver)
        or (
            entry["type"] == BITSTRING
            and _is_set(bits(str(entry.get("statusListCredential")), purpose, issuer), entry)
        )
    }
    # Revoked is for ever; that it was suspended before matters no more.
    if Purpose.REVOCATION in found:
        raise Stop(Verdict.REVOKED, "status", Said("The issuer has revoked it."))
    if found:
        words = Said("The issuer has suspended it: it does not count for now.")
        raise Stop(Verdict.SUSPENDED, "status", words)
    words = Said("The issuer has not revoked it.")
    if Purpose.SUSPENSION in purposes:
        words = Said("The issuer has neither revoked nor suspended it.")
    return Check("status", Outcome.PASSED, words)


def _purpose(entry: Any) -> Purpose:
    kind = entry.get("type") if isinstance(entry, dict) else None
    if kind == REVOCATION_LIST:
        return Purpose.REVOCATION
    if kind != BITSTRING:
        words = Said("Its status entry is of a kind not known here.")
        raise Stop(Verdict.INVALID, "status", words)
    try:
        return Purpose(str(entry.get("statusPurpose")))
    except ValueError as error:
        words = Said("Its status entry is not about revocation or suspension.")
        raise Stop(Verdict.INVALID, "status", words) from error


def _is_set(bits: bytes, entry: dict[str, Any]) -> bool:
    try:
        return status_list.is_set(bits, _index(entry.get("statusListIndex")))
    except status_list.UnreadableList as error:
        raise _untrusted() from error


def _index(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise status_list.UnreadableList("the place is not a number")
    return int(text)


def status_bits(
    url: str,
    purpose: Purpose,
    issuer: str,
    *,
    resolver: Resolver,
    at: datetime.datetime,
) -> bytes:
    """The bits of a list whose proof holds. For ``verify_own``: what cannot be trusted stops it."""
    listed = _list_at(url, resolver)
    try:
        secured = proofs.read(listed) if isinstance(listed, str) else proofs.Embedded(listed)
        document = secured.document
        if document.get("id") != url or issuer_id(document) != issuer:
            words = Said("The status list is another issuer's.")
            raise Stop(Verdict.INVALID, "status", words)
        proof = secured.check_proof(resolver, at)
        ends = moment(document.get("validUntil"))
        if ends and ends < at:
            raise status_list.UnreadableList("out of date")
        subject = document["credentialSubject"]
        if (
            proof.outcome != Outcome.PASSED
            or "BitstringStatusListCredential" not in as_list(document["type"])
            or purpose not in as_list(subject["statusPurpose"])
        ):
            raise status_list.UnreadableList("another kind of document, or for another purpose")
        return status_list.decode(str(subject["encodedList"]))
    except Stop as stop:
        raise (stop if stop.check.name == "status" else _untrusted()) from stop
    except (status_list.UnreadableList, KeyError, TypeError) as error:
        raise _untrusted() from error


def _list_at(url: str, resolver: Resolver) -> dict[str, Any] | str:
    try:
        listed = resolver.status_list(url)
    except Unreachable as error:
        words = Said("Whether it was revoked could not be checked. {reason}", reason=error.words)
        raise Stop(Verdict.UNREACHABLE, "status", words) from error
    if listed is None:
        words = Said("The issuer's status list could not be read.")
        raise Stop(Verdict.INVALID, "status", words)
    return listed


def _is_named(document: dict[str, Any], entry: dict[str, Any], resolver: Resolver) -> bool:
    """Whether 1EdTech's list names the credential (Revocation List Status Method 1.0)."""
    if entry["type"] != REVOCATION_LIST:
        return False
    listed = _list_at(str(entry.get("id")), resolver)
    found = (
        [listed[name] for name in _REVOKED if name in listed] if isinstance(listed, dict) else []
    )
    if not found:
        raise _untrusted()
    named = as_list(found[0])
    return any(
        item == document.get("id")
        if not isinstance(item, dict)
        else item.get("id") == document.get("id") and item.get("revoked") is not False
        for item in named
    )


def _untrusted() -> Stop:
    words = Said("The issuer's status list cannot be trusted.")
    return Stop(Verdict.INVALID, "status", words)
