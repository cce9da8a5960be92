"""Check a credential, as JSON with a proof or as a JWT, and say in words what was checked.

Nothing in a document can make this raise, run long or fetch: whatever the proof, the issuer and
the status need comes from the ``Resolver``.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.vc import data_integrity, did, jwt, pinned, status_list, template
from credentials.vc.canonical import NotCanonical
from credentials.vc.documents import hash_identity
from credentials.vc.hygiene import UncleanText

MAX_BYTES = 262_144
MAX_DEPTH = 24
MAX_NODES = 2_000
LEEWAY = datetime.timedelta(minutes=1)
"""How far the issuer's clock may be ahead of ours: a credential is often checked at once."""


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
    OTHER_RECIPIENT = "other_recipient"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; in this order: form, issuer, proof, status, dates.

    ``recipient`` and ``content`` follow, where there is something to hold the credential against.
    """

    name: str
    outcome: Outcome
    words: str


@dataclass
class Report:
    verdict: Verdict = Verdict.VALID
    checks: list[Check] = field(default_factory=list)
    document: dict[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        return self.verdict == Verdict.VALID


class Resolver(Protocol):
    """Where DID documents and status lists come from; ``None`` for what is not known there."""

    def did_document(self, did: str) -> dict[str, Any] | None: ...

    def status_list(self, url: str) -> dict[str, Any] | None: ...


StatusBits = Callable[[str, status_list.Purpose, str], bytes]
"""The bits of the list at an address, for a purpose, of an issuer; what cannot be trusted stops."""


class _Stop(Exception):
    """A check that decides the verdict, so that those after it would say nothing."""

    def __init__(self, verdict: Verdict, name: str, words: str) -> None:
        super().__init__(words)
        self.verdict = verdict
        outcome = Outcome.UNKNOWN if verdict == Verdict.UNKNOWN_ISSUER else Outcome.FAILED
        self.check = Check(name, outcome, words)


Step = Callable[[dict[str, Any], Resolver, datetime.datetime], Check]


def _anyone(did: str) -> bool:
    return True


def verify(
    source: bytes | str,
    *,
    resolver: Resolver,
    at: datetime.datetime,
    knows: Callable[[str], bool] = _anyone,
) -> Report:
    """Check a credential given as JSON, or as the text of a JWT.

    Whom ``knows`` does not say yes to is an unknown issuer, however good the signature: that an
    address vouches for a key says nothing of who is behind it.
    """
    report = Report()
    try:
        text = _as_text(source)
        if is_jwt(text):
            token = _Jwt(text)
            report.document, secured = token.document, (token.check_issuer, token.check_proof)
        else:
            report.document, secured = _parse(text), (_check_issuer, _check_proof)
        report.checks.append(_check_form(report.document))
        steps: list[Step] = [*secured, _check_status, _check_dates]
        for step in steps:
            report.checks.append(step(report.document, resolver, at))
        if not knows(issuer := issuer_id(report.document)):
            _say_unknown(report, issuer)
    except _Stop as stop:
        report.verdict = stop.verdict
        report.checks.append(stop.check)
    return report


def _say_unknown(report: Report, issuer: str) -> None:
    report.verdict = Verdict.UNKNOWN_ISSUER
    words = (
        f"{issuer[:200]} vouches for the key that signed it, but is not among the issuers that "
        "are known here: whether to trust it is for you to decide."
    )
    report.checks = [
        Check("issuer", Outcome.UNKNOWN, words) if check.name == "issuer" else check
        for check in report.checks
    ]


def check_recipient(report: Report, email: str) -> None:
    """Add whether it was awarded to this address, as far as the credential says so by its hash."""
    if report.document is None:
        return
    subject = report.document["credentialSubject"]
    hashes = [
        identity
        for identity in _as_list(subject.get("identifier") or [])
        if isinstance(identity, dict) and identity.get("identityType") == "emailAddress"
    ]
    if not hashes:
        words = "It does not say by an e-mail address whose it is."
        report.checks.append(Check("recipient", Outcome.UNKNOWN, words))
    elif any(_is_of(identity, email) for identity in hashes):
        words = "It was awarded to this e-mail address."
        report.checks.append(Check("recipient", Outcome.PASSED, words))
    else:
        words = "It was awarded to another e-mail address."
        report.checks.append(Check("recipient", Outcome.FAILED, words))
        if report.is_valid:
            report.verdict = Verdict.OTHER_RECIPIENT


def _is_of(identity: dict[str, Any], email: str) -> bool:
    said, salt = str(identity.get("identityHash")), str(identity.get("salt", ""))
    # Other issuers may have written the address in another case before hashing it.
    spellings = {email.strip(), email.strip().lower()}
    if identity.get("hashed") is not True:
        return said.strip().lower() in spellings
    return said in {hash_identity(spelling, salt) for spelling in spellings}


def verify_own(
    content: bytes, *, resolver: Resolver, bits: StatusBits, at: datetime.datetime
) -> Report:
    """Check a document of our own store as any other, but at the pace of its few known shapes."""
    document = template.shared(json.loads(content))
    report = Report(document=document)
    try:
        report.checks.append(_check_form(document))
        for step in (
            _check_issuer,
            partial(_check_proof, by_template=True),
            partial(_check_status, bits=bits),
            _check_dates,
        ):
            report.checks.append(step(document, resolver, at))
    except _Stop as stop:
        report.verdict = stop.verdict
        report.checks.append(stop.check)
    return report


def verify_dates(document: dict[str, Any], *, resolver: Resolver, at: datetime.datetime) -> Report:
    """The dates alone: what has ended by its own word need not be looked into further."""
    report = Report(document=document)
    try:
        report.checks.append(_check_dates(document, resolver, at))
    except _Stop as stop:
        report.verdict = stop.verdict
        report.checks.append(stop.check)
    return report


def is_jwt(text: str) -> bool:
    """Whether it is meant as a JWT; whether it is one shows when it is read."""
    text = text.strip()
    return text.startswith("ey") and text.count(".") == 2


def _as_text(source: bytes | str) -> str:
    size = len(source if isinstance(source, bytes) else source.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise _bad_form(f"It is larger than {MAX_BYTES // 1024} KiB, more than a credential needs.")
    if isinstance(source, str):
        return source
    try:
        return source.decode(json.detect_encoding(source), "surrogatepass")
    except UnicodeDecodeError as error:
        raise _bad_form("It is not JSON: it is not written in Unicode.") from error


def _parse(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _bad_form(f"It is not JSON: {reason[:200]}.") from error
    if not isinstance(value, dict):
        raise _bad_form("It is JSON, but not one object in braces.")
    _bound(value)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _bad_form("It has half a character in it, which no page could show.") from error
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may each take another one of two equal names: then they see two credentials."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _bound(value: Any) -> None:
    nodes = 0
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise _bad_form("It is nested more deeply or has more parts than a credential needs.")
        if isinstance(item, dict):
            pending += [(part, depth + 1) for part in item.values()]
        elif isinstance(item, list):
            pending += [(part, depth + 1) for part in item]


def _bad_form(words: str) -> _Stop:
    return _Stop(Verdict.INVALID, "form", words)


def _check_form(document: dict[str, Any]) -> Check:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] != pinned.CREDENTIALS_V2:
        raise _bad_form(
            "It is not a verifiable credential of W3C's data model 2.0: "
            f"its first context is not {pinned.CREDENTIALS_V2}."
        )
    types = _as_list(document.get("type"))
    if "VerifiableCredential" not in types:
        raise _bad_form("Its type does not include VerifiableCredential.")
    if not isinstance(document.get("credentialSubject"), dict):
        raise _bad_form("It does not say whom it is about (credentialSubject).")
    issuer = issuer_id(document)
    # What is escaped in it counts, too: whoever resolves it takes it apart and unescapes it.
    if not issuer or not unquote(issuer).isprintable():
        raise _bad_form("It does not name its issuer by an identifier.")
    kind = "Open Badges 3.0" if "OpenBadgeCredential" in types else "W3C verifiable"
    return Check("form", Outcome.PASSED, f"It is a well-formed {kind} credential.")


def issuer_id(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    return identifier if isinstance(identifier, str) else ""


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _only(value: Any) -> Any:
    """A list of one says the same as its item."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _proof_of(document: dict[str, Any]) -> dict[str, Any]:
    proof = _only(document.get("proof"))
    if not isinstance(proof, dict):
        raise _Stop(Verdict.INVALID, "proof", "It carries no proof, so anyone may have written it.")
    if (
        proof.get("type") != "DataIntegrityProof"
        or proof.get("cryptosuite") != data_integrity.CRYPTOSUITE
        or proof.get("proofPurpose") != "assertionMethod"
    ):
        raise _Stop(
            Verdict.INVALID,
            "proof",
            "Its proof is not of the kind that is checked here (eddsa-rdfc-2022, for assertions).",
        )
    return proof


def _check_issuer(document: dict[str, Any], resolver: Resolver, at: datetime.datetime) -> Check:
    _issuer_key(document, _proof_of(document).get("verificationMethod"), resolver)
    return _ISSUER_KNOWN


_ISSUER_KNOWN = Check(
    "issuer", Outcome.PASSED, "The issuer is known here and lists the key that the proof names."
)
_UNCHANGED = Check(
    "proof", Outcome.PASSED, "The issuer's signature fits the content: nothing was changed."
)


def _changed() -> _Stop:
    return _Stop(
        Verdict.INVALID,
        "proof",
        "The signature does not fit the content: the credential was changed after signing, "
        "or was not signed by this issuer.",
    )


def _check_proof(
    document: dict[str, Any],
    resolver: Resolver,
    at: datetime.datetime,
    *,
    by_template: bool = False,
) -> Check:
    proof = _proof_of(document)
    method = _issuer_key(document, proof.get("verificationMethod"), resolver)
    try:
        key = did.public_key(method)
    except ValueError as error:
        raise _not_listed() from error
    if not isinstance(key, Ed25519PublicKey):
        raise _not_listed()
    expires = _moment(proof.get("expires"))
    if expires and expires < at:
        raise _Stop(Verdict.EXPIRED, "proof", f"Its proof expired on {expires:%d %B %Y}.")
    try:
        is_valid = data_integrity.is_proof_valid(
            document, proof, public_key=key, by_template=by_template
        )
    except (NotCanonical, UncleanText, pinned.UnknownContext) as error:
        raise _Stop(Verdict.INVALID, "proof", f"It cannot be checked. {error}") from error
    if not is_valid:
        raise _changed()
    return _UNCHANGED


def _issuer_key(document: dict[str, Any], method_id: Any, resolver: Resolver) -> dict[str, Any]:
    """The key that the proof names, when the issuer says that it may sign credentials."""
    issuer = issuer_id(document)
    described = resolver.did_document(issuer)
    if described is None or described.get("id") != issuer:
        raise _Stop(
            Verdict.UNKNOWN_ISSUER,
            "issuer",
            f"The issuer {issuer[:200]} is not known here, so nothing shows who signed it.",
        )
    allowed = _as_list(described.get("assertionMethod") or [])
    for method in _as_list(described.get("verificationMethod") or []):
        if (
            isinstance(method, dict)
            and method.get("id") == method_id
            and method_id in allowed
            and method.get("controller") == issuer
        ):
            return method
    raise _not_listed()


def _not_listed() -> _Stop:
    return _Stop(
        Verdict.INVALID,
        "issuer",
        "The proof names a key that the issuer does not list for signing credentials.",
    )


class _Jwt:
    """A credential whose proof is around it (VC-JOSE-COSE §3.1)."""

    def __init__(self, text: str) -> None:
        try:
            header, payload, self._signed, self._signature = jwt.read(text)
        except jwt.Unreadable as error:
            raise _bad_form(f"It looks like a JWT, but is none. {error}") from error
        self._header = _parse(header)
        self.document = _parse(payload)
        self._claims = {name: self.document.pop(name, None) for name in jwt.CLAIMS}

    def check_issuer(
        self, document: dict[str, Any], resolver: Resolver, at: datetime.datetime
    ) -> Check:
        self._key(resolver)
        return _ISSUER_KNOWN

    def check_proof(
        self, document: dict[str, Any], resolver: Resolver, at: datetime.datetime
    ) -> Check:
        if self._header.get("alg") not in jwt.ALGORITHMS or self._header.get("crit"):
            raise _Stop(
                Verdict.INVALID,
                "proof",
                "Its proof is not of the kind that is checked here (ES256, EdDSA or RS256).",
            )
        try:
            key = did.public_key(self._key(resolver))
        except ValueError as error:
            raise _not_listed() from error
        algorithm = self._header["alg"]
        if not jwt.fits(algorithm, key):
            raise _not_listed()
        if not jwt.is_signature_valid(
            self._signed, self._signature, public_key=key, algorithm=algorithm
        ):
            raise _changed()
        try:
            expected = jwt.Claims.of(document).as_json()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _bad_form("It lacks what its JWT repeats.") from error
        if {name: value for name, value in self._claims.items() if value is not None} != expected:
            raise _Stop(
                Verdict.INVALID, "proof", "Its JWT says something else than the credential in it."
            )
        return _UNCHANGED

    def _key(self, resolver: Resolver) -> dict[str, Any]:
        carried = self._header.get("jwk")
        named = carried.get("kid") if isinstance(carried, dict) else None
        return _issuer_key(self.document, named or self._header.get("kid"), resolver)


def _check_status(
    document: dict[str, Any],
    resolver: Resolver,
    at: datetime.datetime,
    *,
    bits: StatusBits | None = None,
) -> Check:
    entries = _as_list(document.get("credentialStatus") or [])
    if not entries:
        return Check("status", Outcome.SKIPPED, "The issuer has not provided for revoking it.")
    purposes = [_purpose(entry) for entry in entries]
    bits = bits or partial(status_bits, resolver=resolver, at=at)
    issuer = issuer_id(document)
    found = {
        purpose
        for purpose, entry in zip(purposes, entries, strict=True)
        if _is_set(bits(str(entry.get("statusListCredential")), purpose, issuer), entry)
    }
    # Revoked is for ever; that it was suspended before matters no more.
    if status_list.Purpose.REVOCATION in found:
        raise _Stop(Verdict.REVOKED, "status", "The issuer has revoked it.")
    if found:
        raise _Stop(
            Verdict.SUSPENDED, "status", "The issuer has suspended it: it does not count for now."
        )
    words = "The issuer has not revoked it."
    if status_list.Purpose.SUSPENSION in purposes:
        words = "The issuer has neither revoked nor suspended it."
    return Check("status", Outcome.PASSED, words)


def _purpose(entry: Any) -> status_list.Purpose:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        raise _Stop(Verdict.INVALID, "status", "Its status entry is of a kind not known here.")
    try:
        return status_list.Purpose(str(entry.get("statusPurpose")))
    except ValueError as error:
        raise _Stop(
            Verdict.INVALID, "status", "Its status entry is not about revocation or suspension."
        ) from error


def _is_set(bits: bytes, entry: dict[str, Any]) -> bool:
    try:
        return status_list.is_set(bits, _index(entry.get("statusListIndex")))
    except status_list.UnreadableList as error:
        raise _untrusted() from error


def status_bits(
    url: str,
    purpose: status_list.Purpose,
    issuer: str,
    *,
    resolver: Resolver,
    at: datetime.datetime,
) -> bytes:
    """The bits of a list whose proof holds. For ``verify_own``: what cannot be trusted stops it."""
    listed = resolver.status_list(url)
    if listed is None:
        raise _Stop(Verdict.INVALID, "status", "The issuer's status list could not be read.")
    if listed.get("id") != url or issuer_id(listed) != issuer:
        raise _Stop(Verdict.INVALID, "status", "The status list is another issuer's.")
    try:
        _check_proof(listed, resolver, at)
        ends = _moment(listed.get("validUntil"))
        if ends and ends < at:
            raise status_list.UnreadableList("out of date")
        subject = listed["credentialSubject"]
        if (
            "BitstringStatusListCredential" not in _as_list(listed["type"])
            or subject["statusPurpose"] != purpose
        ):
            raise status_list.UnreadableList("another kind of document, or for another purpose")
        return status_list.decode(str(subject["encodedList"]))
    except (_Stop, status_list.UnreadableList, KeyError, TypeError) as error:
        raise _untrusted() from error


def _untrusted() -> _Stop:
    return _Stop(Verdict.INVALID, "status", "The issuer's status list cannot be trusted.")


def _index(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise status_list.UnreadableList("the place is not a number")
    return int(text)


def _check_dates(document: dict[str, Any], resolver: Resolver, at: datetime.datetime) -> Check:
    starts = _moment(document.get("validFrom"))
    ends = _moment(document.get("validUntil"))
    if starts and at + LEEWAY < starts:
        raise _Stop(
            Verdict.NOT_YET_VALID, "dates", f"It is not valid before {starts:%d %B %Y, %H:%M} UTC."
        )
    if ends and ends < at:
        raise _Stop(Verdict.EXPIRED, "dates", f"It expired on {ends:%d %B %Y}.")
    since = f" It is valid since {starts:%d %B %Y}." if starts else ""
    until = f" It stays valid until {ends:%d %B %Y}." if ends else " It has no end date."
    return Check("dates", Outcome.PASSED, (since + until).strip())


def _moment(value: Any) -> datetime.datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("without a time zone")
        return moment.astimezone(datetime.UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise _Stop(
            Verdict.INVALID, "dates", "One of its dates is not a date with time and time zone."
        ) from error
