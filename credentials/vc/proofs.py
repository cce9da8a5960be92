"""Who signed: the issuer's key, and the proof that it made in the credential or around it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from credentials.vc import data_integrity, did, jwt, pinned, reading
from credentials.vc.canonical import NotCanonical
from credentials.vc.dates import LEEWAY, moment, period
from credentials.vc.did import PublicKey
from credentials.vc.forms import as_list, is_open_badge, issuer_id, only, subjects
from credentials.vc.hygiene import UncleanText
from credentials.vc.reports import (
    Check,
    Outcome,
    Resolver,
    Stop,
    Unreachable,
    Verdict,
    bad_form,
)
from credentials.vc.said import Said

ISSUER_KNOWN = Check(
    "issuer",
    Outcome.PASSED,
    Said("The issuer is known here and lists the key that the proof names."),
)
_UNCHANGED = Check(
    "proof", Outcome.PASSED, Said("The issuer's signature fits the content: nothing was changed.")
)


class Secured(Protocol):
    """A document and what proves it. Each check may raise ``Stop``."""

    document: dict[str, Any]

    def check_issuer(self, resolver: Resolver) -> Check: ...

    def check_proof(self, resolver: Resolver, at: datetime.datetime) -> Check: ...


def read(source: bytes | str) -> Secured:
    """What was handed in, as JSON or as a JWT. Raises ``Stop``."""
    text = reading.as_text(source)
    if reading.is_jwt(text):
        return _Jwt(text)
    document = reading.parse(text)
    if enveloped := reading.taken_out(document):
        return _Jwt(enveloped)
    return Embedded(document)


class Embedded:
    """A credential with a proof of Data Integrity in it.

    ``by_template`` is for documents of our own, whose shapes are few. ``n_quads`` is the canonical
    form without the proof, where that is known.
    """

    def __init__(
        self, document: dict[str, Any], *, by_template: bool = False, n_quads: bytes | None = None
    ) -> None:
        self._n_quads = n_quads
        self.document = document
        self._by_template = by_template
        self._asked: tuple[Resolver, dict[str, Any]] | None = None

    def check_issuer(self, resolver: Resolver) -> Check:
        self._method(resolver)
        return ISSUER_KNOWN

    def check_proof(self, resolver: Resolver, at: datetime.datetime) -> Check:
        proof = self._proof()
        key = _public_key(self._method(resolver))
        if not data_integrity.fits(data_integrity.suite_of(proof), key):
            raise _not_listed()
        expires = moment(proof.get("expires"))
        if expires and expires < at:
            words = Said("Its proof expired on {day}.", day=expires.date())
            raise Stop(Verdict.EXPIRED, "proof", words)
        try:
            is_valid = data_integrity.is_proof_valid(
                self.document,
                proof,
                public_key=key,
                by_template=self._by_template,
                n_quads=self._n_quads,
            )
        except (NotCanonical, UncleanText, pinned.UnknownContext) as error:
            words = Said("It cannot be checked. {reason}", reason=error.words)
            raise Stop(Verdict.INVALID, "proof", words) from error
        if not is_valid:
            raise _changed()
        return _UNCHANGED

    def _method(self, resolver: Resolver) -> dict[str, Any]:
        """The issuer's key: asked for once, though two checks speak of it."""
        if self._asked is None or self._asked[0] is not resolver:
            named = self._proof().get("verificationMethod")
            self._asked = resolver, _issuer_key(self.document, named, resolver)
        return self._asked[1]

    def _proof(self) -> dict[str, Any]:
        proof = only(self.document.get("proof"))
        if not isinstance(proof, dict):
            words = Said("It carries no proof, so anyone may have written it.")
            raise Stop(Verdict.INVALID, "proof", words)
        if not data_integrity.suite_of(proof) or proof.get("proofPurpose") != "assertionMethod":
            words = Said(
                "Its proof is not an assertion of a kind that is checked here: {kinds}.",
                kinds=", ".join([*data_integrity.CRYPTOSUITES, *data_integrity.BY_TYPE]),
            )
            raise Stop(Verdict.INVALID, "proof", words)
        return proof


class _Jwt:
    """A credential whose proof is around it (VC-JOSE-COSE §3.1)."""

    def __init__(self, text: str) -> None:
        try:
            header, payload, self._signed, self._signature = jwt.read(text)
        except jwt.Unreadable as error:
            words = Said("It looks like a JWT, but is none. {reason}", reason=error.words)
            raise bad_form(words) from error
        self._header = reading.parse(header)
        self.document = reading.parse(payload)
        self._claims = {name: self.document.pop(name, None) for name in jwt.CLAIMS}
        carried = self._header.get("jwk")
        self._carried = carried if isinstance(carried, dict) else {}

    def check_issuer(self, resolver: Resolver) -> Check:
        """A key that the token brings along shows what was signed with it, but not by whom."""
        try:
            self._method(resolver)
        except Stop as stop:
            if stop.verdict != Verdict.UNKNOWN_ISSUER or not self._carried:
                raise
            return stop.check
        return ISSUER_KNOWN

    def check_proof(self, resolver: Resolver, at: datetime.datetime) -> Check:
        algorithm = self._header.get("alg")
        if algorithm not in jwt.ALGORITHMS or self._header.get("crit"):
            words = Said(
                "Its proof is not of the kind that is checked here (ES256, EdDSA or RS256)."
            )
            raise Stop(Verdict.INVALID, "proof", words)
        is_bound = True
        try:
            method = self._method(resolver)
        except Stop as stop:
            if stop.verdict != Verdict.UNKNOWN_ISSUER or not self._carried:
                raise
            is_bound, method = False, {"publicKeyJwk": self._carried}
        key = _public_key(method)
        if not jwt.fits(algorithm, key):
            raise _not_listed()
        if not jwt.is_signature_valid(
            self._signed, self._signature, public_key=key, algorithm=algorithm
        ):
            raise _changed()
        self._check_claims(at)
        if is_bound:
            return _UNCHANGED
        words = Said(
            "The signature fits the key that came with it; nothing shows whose key that is."
        )
        return Check("proof", Outcome.UNKNOWN, words)

    def _check_claims(self, at: datetime.datetime) -> None:
        """An Open Badge repeats all (Open Badges 3.0 §8.2.4.2); others may (VC-JOSE-COSE §3.1.3).

        What others say of dates without repeating is about the signature, and is held to, too.
        """
        said = {name: value for name, value in self._claims.items() if value is not None}
        expected = _repeated(self.document)
        if not is_open_badge(self.document):
            ends, starts = _number(said.get("exp")), _number(said.get("nbf"))
            if "exp" not in expected and ends is not None and ends < at.timestamp():
                raise Stop(Verdict.EXPIRED, "proof", Said("Its signature has expired."))
            soon = (at + LEEWAY).timestamp()
            if "nbf" not in expected and starts is not None and starts > soon:
                words = Said("Its signature is not valid yet.")
                raise Stop(Verdict.NOT_YET_VALID, "proof", words)
            expected = {name: expected.get(name, value) for name, value in said.items()}
        if said != expected:
            words = Said("Its JWT says something else than the credential in it.")
            raise Stop(Verdict.INVALID, "proof", words)

    def _method(self, resolver: Resolver) -> dict[str, Any]:
        named = self._carried.get("kid") or self._header.get("kid")
        issuer = issuer_id(self.document)
        if named is None and self._carried:
            return _listed_as(self._carried, self.document, resolver)
        # The host that the issuer is named by vouches for the key (Open Badges 3.0 §8.2.3).
        is_vouched_for = isinstance(named, str) and _is_of_host(named, issuer)
        if is_vouched_for and (found := _asked(resolver.key, named)):
            return {"publicKeyJwk": found}
        return _issuer_key(self.document, named, resolver)


def _repeated(document: dict[str, Any]) -> dict[str, Any]:
    """The claims of a JWT that say what the credential in it says."""
    starts, ends = period(document)
    about = subjects(document)
    values = {
        "iss": issuer_id(document),
        "jti": document.get("id"),
        "sub": about[0].get("id") if len(about) == 1 else None,
        "nbf": int(starts.timestamp()) if starts else None,
        "exp": int(ends.timestamp()) if ends else None,
    }
    return {name: value for name, value in values.items() if value}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None


def _is_of_host(url: str, issuer: str) -> bool:
    try:
        one, other = urlsplit(url), urlsplit(issuer)
        return one.scheme == other.scheme == "https" and one.netloc == other.netloc != ""
    except ValueError:
        return False


def _asked(ask: Callable[[str], Any], name: Any) -> Any:
    """What the resolver knows. Who could not be asked is not known, and the reason is told."""
    try:
        return ask(name)
    except Unreachable as error:
        words = Said(
            "The issuer's keys could not be had, so nothing shows who signed it. {reason}",
            reason=error.words,
        )
        raise Stop(Verdict.UNKNOWN_ISSUER, "issuer", words) from error


def _issuer_methods(
    document: dict[str, Any], resolver: Resolver
) -> list[tuple[str, dict[str, Any]]]:
    """The keys that the issuer says may sign credentials, by their absolute ids."""
    issuer = issuer_id(document)
    described = _asked(resolver.did_document, issuer)
    if described is None or described.get("id") != issuer:
        words = Said(
            "The issuer {issuer} is not known here, so nothing shows who signed it.",
            issuer=issuer[:200],
        )
        raise Stop(Verdict.UNKNOWN_ISSUER, "issuer", words)
    # A purpose may name a key, or hold it (Controlled Identifiers 1.0 §2.3).
    allowed = as_list(described.get("assertionMethod") or [])
    names = {_absolute(name, issuer) for name in allowed if isinstance(name, str)}
    listed = as_list(described.get("verificationMethod") or [])
    methods = [item for item in listed if _name_of(item, issuer) in names]
    methods += [item for item in allowed if isinstance(item, dict)]
    return [(_name_of(item, issuer), item) for item in methods if item.get("controller") == issuer]


def _name_of(method: Any, issuer: str) -> str:
    return _absolute(method.get("id"), issuer) if isinstance(method, dict) else ""


def _absolute(name: Any, issuer: str) -> str:
    """DID documents may write the ids of their keys without what they begin with."""
    text = name if isinstance(name, str) else ""
    return f"{issuer}{text}" if text.startswith("#") else text


def _issuer_key(document: dict[str, Any], name: Any, resolver: Resolver) -> dict[str, Any]:
    """The key that the proof names, when the issuer says that it may sign credentials."""
    methods = _issuer_methods(document, resolver)
    wanted = _absolute(name, issuer_id(document))
    for listed, method in methods:
        if wanted and listed == wanted:
            return method
    raise _not_listed()


def _listed_as(jwk: dict[str, Any], document: dict[str, Any], resolver: Resolver) -> dict[str, Any]:
    """The key of the issuer that is the same as this one, which has no name."""
    carried = _public_key({"publicKeyJwk": jwk})
    for _, method in _issuer_methods(document, resolver):
        try:
            if did.public_key(method) == carried:
                return method
        except ValueError:
            continue
    raise _not_listed()


def _public_key(method: dict[str, Any]) -> PublicKey:
    try:
        return did.public_key(method)
    except ValueError as error:
        raise _not_listed() from error


def _changed() -> Stop:
    return Stop(
        Verdict.INVALID,
        "proof",
        Said(
            "The signature does not fit the content: the credential was changed after signing, "
            "or was not signed by this issuer."
        ),
    )


def _not_listed() -> Stop:
    return Stop(
        Verdict.INVALID,
        "issuer",
        Said("The proof names a key that the issuer does not list for signing credentials."),
    )
