"""Whether a document has the form of a credential: VC Data Model 2.0, 1.1, and Open Badges 3.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from credentials.vc import clr, pinned
from credentials.vc.reports import Check, Outcome, bad_form

DATA_MODELS = {pinned.CREDENTIALS_V2: "validFrom", pinned.CREDENTIALS_V1: "issuanceDate"}
"""Of the versions 2.0 and 1.1, each with what it calls the moment from which a badge is valid."""
OPEN_BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
"""Two names of one type (Open Badges 3.0 §B.1.2)."""
_WELL_FORMED = {
    kind: Check("form", Outcome.PASSED, f"It is a well-formed {kind} credential.")
    for kind in ("Open Badges 3.0", "W3C verifiable", "CLR 2.0")
}


def check_form(document: dict[str, Any]) -> Check:
    """Raises ``Stop``."""
    if not isinstance(document.get("@context"), list) or data_model(document) not in DATA_MODELS:
        raise bad_form(
            "It is not a verifiable credential of W3C's data models: "
            f"its first context is not {' or '.join(DATA_MODELS)}."
        )
    types = as_list(document.get("type"))
    if "VerifiableCredential" not in types:
        raise bad_form("Its type does not include VerifiableCredential.")
    about = as_list(document.get("credentialSubject"))
    if not about or not all(isinstance(subject, dict) for subject in about):
        raise bad_form("It does not say whom it is about (credentialSubject).")
    issuer = issuer_id(document)
    # What is escaped in it counts, too: whoever resolves it takes it apart and unescapes it.
    if not issuer or not unquote(issuer).isprintable():
        raise bad_form("It does not name its issuer by an identifier.")
    if clr.is_transcript(document):
        if not clr.enclosed(document):
            raise bad_form("It is a transcript without credentials.")
        return _WELL_FORMED["CLR 2.0"]
    if not is_open_badge(document):
        return _WELL_FORMED["W3C verifiable"]
    if missing := next(_missing(document), ""):
        raise bad_form(f"It is no well-formed Open Badge: {missing}.")
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


def _missing(document: dict[str, Any]) -> Iterator[str]:
    """What the official JSON Schema requires and this lacks; the rest of it is not held to."""
    for term in ("id", DATA_MODELS[data_model(document)]):
        if not isinstance(document.get(term), str):
            yield f"it has no {term}"
    issuer = document["issuer"]
    if isinstance(issuer, dict) and "Profile" not in as_list(issuer.get("type")):
        yield "its issuer is not of the type Profile"
    subject = document["credentialSubject"]
    if not isinstance(subject, dict):
        yield "it is about several people"
        return
    if "AchievementSubject" not in as_list(subject.get("type")):
        yield "its subject is not of the type AchievementSubject"
    if not subject.get("id") and not subject.get("identifier"):
        yield "its subject has neither an id nor an identifier"
    achievement = subject.get("achievement")
    if not isinstance(achievement, dict):
        yield "it does not say what was achieved"
        return
    if "Achievement" not in as_list(achievement.get("type")):
        yield "what was achieved is not of the type Achievement"
    for term in ("id", "name", "description"):
        if not isinstance(achievement.get(term), str):
            yield f"its achievement has no {term}"
    if not isinstance(achievement.get("criteria"), dict):
        yield "its achievement has no criteria"


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
