"""Whether a document has the form of a credential: VC Data Model 2.0, 1.1, and Open Badges 3.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from credentials.vc import clr, pinned
from credentials.vc.reports import Check, Outcome, bad_form
from credentials.vc.said import Said

DATA_MODELS = {pinned.CREDENTIALS_V2: "validFrom", pinned.CREDENTIALS_V1: "issuanceDate"}
"""Of the versions 2.0 and 1.1, each with what it calls the moment from which a badge is valid."""
OPEN_BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
"""Two names of one type (Open Badges 3.0 §B.1.2)."""
_WELL_FORMED = {
    kind: Check("form", Outcome.PASSED, words)
    for kind, words in {
        "Open Badges 3.0": Said("It is a well-formed Open Badges 3.0 credential."),
        "W3C verifiable": Said("It is a well-formed W3C verifiable credential."),
        "CLR 2.0": Said("It is a well-formed CLR 2.0 credential."),
    }.items()
}


def check_form(document: dict[str, Any]) -> Check:
    """Raises ``Stop``."""
    if not isinstance(document.get("@context"), list) or data_model(document) not in DATA_MODELS:
        words = Said(
            "It is not a verifiable credential of W3C's data models: "
            "its first context is not {newer} or {older}.",
            newer=pinned.CREDENTIALS_V2,
            older=pinned.CREDENTIALS_V1,
        )
        raise bad_form(words)
    types = as_list(document.get("type"))
    if "VerifiableCredential" not in types:
        raise bad_form(Said("Its type does not include VerifiableCredential."))
    about = as_list(document.get("credentialSubject"))
    if not about or not all(isinstance(subject, dict) for subject in about):
        raise bad_form(Said("It does not say whom it is about (credentialSubject)."))
    issuer = issuer_id(document)
    # What is escaped in it counts, too: whoever resolves it takes it apart and unescapes it.
    if not issuer or not unquote(issuer).isprintable():
        raise bad_form(Said("It does not name its issuer by an identifier."))
    if clr.is_transcript(document):
        if not clr.enclosed(document):
            raise bad_form(Said("It is a transcript without credentials."))
        return _WELL_FORMED["CLR 2.0"]
    if not is_open_badge(document):
        return _WELL_FORMED["W3C verifiable"]
    if missing := next(_missing(document), None):
        raise bad_form(Said("It is no well-formed Open Badge: {missing}.", missing=missing))
    return _WELL_FORMED["Open Badges 3.0"]


def data_model(document: dict[str, Any]) -> str:
    """The context that its contexts begin with."""
    first = next(iter(as_list(document.get("@context") or [])), "")
    return first if isinstance(first, str) else ""


def valid_from(document: dict[str, Any]) -> Any:
    return document.get(DATA_MODELS.get(data_model(document), "validFrom"))


def is_open_badge(document: dict[str, Any]) -> bool:
    return not OPEN_BADGE_TYPES.isdisjoint(
        kind for kind in as_list(document.get("type")) if isinstance(kind, str)
    )


def _missing(document: dict[str, Any]) -> Iterator[Said]:
    """What the official JSON Schema requires and this lacks; the rest of it is not held to."""
    for term in ("id", DATA_MODELS[data_model(document)]):
        if not isinstance(document.get(term), str):
            yield Said("it has no {term}", term=term)
    issuer = document["issuer"]
    if isinstance(issuer, dict) and "Profile" not in as_list(issuer.get("type")):
        yield Said("its issuer is not of the type Profile")
    subject = document["credentialSubject"]
    if not isinstance(subject, dict):
        yield Said("it is about several people")
        return
    if "AchievementSubject" not in as_list(subject.get("type")):
        yield Said("its subject is not of the type AchievementSubject")
    if not subject.get("id") and not subject.get("identifier"):
        yield Said("its subject has neither an id nor an identifier")
    achievement = subject.get("achievement")
    if not isinstance(achievement, dict):
        yield Said("it does not say what was achieved")
        return
    if "Achievement" not in as_list(achievement.get("type")):
        yield Said("what was achieved is not of the type Achievement")
    for term in ("id", "name", "description"):
        if not isinstance(achievement.get(term), str):
            yield Said("its achievement has no {term}", term=term)
    if not isinstance(achievement.get("criteria"), dict):
        yield Said("its achievement has no {term}", term="criteria")


def subjects(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Whom a well-formed credential is about."""
    return as_list(document["credentialSubject"])


def issuer_id(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    return identifier if isinstance(identifier, str) else ""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def only(value: Any) -> Any:
    """A list of one says the same as its item."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
