"""From what somebody hands in to a JSON object of bounded size, which every reader reads alike."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from credentials.vc import clr
from credentials.vc.reports import bad_form
from credentials.vc.said import Said

MAX_BYTES = 262_144
MAX_DEPTH = 24
MAX_NODES = 2_000
MAX_NODES_OF_TRANSCRIPT = 10_000
MAX_ITEMS = 400
"""Of one list: PyLD compares each of its items with all others."""
ENVELOPE = "EnvelopedVerifiableCredential"
_ENVELOPED_JWT = "data:application/vc+jwt"


def is_jwt(text: str) -> bool:
    """Whether it is meant as a JWT; whether it is one shows when it is read."""
    text = text.strip()
    return text.startswith("ey") and text.count(".") == 2


def as_text(source: bytes | str) -> str:
    """Raises ``Stop``, as all here does."""
    size = len(source if isinstance(source, bytes) else source.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        words = Said(
            "It is larger than {size} KiB, more than a credential needs.", size=MAX_BYTES // 1024
        )
        raise bad_form(words)
    if isinstance(source, str):
        return source
    try:
        return source.decode(json.detect_encoding(source), "surrogatepass")
    except UnicodeDecodeError as error:
        raise bad_form(Said("It is not JSON: it is not written in Unicode.")) from error


def parse(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        words = Said(
            "It is not JSON: what begins at line {line}, column {column} cannot be read.",
            line=error.lineno,
            column=error.colno,
        )
        raise bad_form(words) from error
    except RecursionError as error:
        raise bad_form(Said("It is not JSON: it is nested too deeply.")) from error
    except ValueError as error:
        # Python reads no longer ones.
        raise bad_form(Said("It is not JSON: a number in it has too many digits.")) from error
    if not isinstance(value, dict):
        raise bad_form(Said("It is JSON, but not one object in braces."))
    bound(value)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        words = Said("It has half a character in it, which no page could show.")
        raise bad_form(words) from error
    return value


def taken_out(document: dict[str, Any]) -> str:
    """The JWT in an envelope of JSON (VC Data Model 2.0 §4.13); empty if it is none."""
    kinds = document.get("type")
    if ENVELOPE not in (kinds if isinstance(kinds, list) else [kinds]):
        return ""
    kind, _, data = str(document.get("id")).partition(",")
    try:
        if kind == f"{_ENVELOPED_JWT};base64":
            data = base64.b64decode(data, validate=True).decode()
        elif kind != _ENVELOPED_JWT:
            raise bad_form(Said("It is an envelope around something else than a JWT."))
    except (binascii.Error, ValueError) as error:
        raise bad_form(Said("It is an envelope whose content cannot be read.")) from error
    return data


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may each take another one of two equal names: then they see two credentials."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_form(Said("It is not JSON: a name stands twice in one object."))
    return found


def bound(value: dict[str, Any]) -> None:
    """Refuse what would take long to canonicalize, before anything walks through it by itself."""
    most = MAX_NODES_OF_TRANSCRIPT if clr.is_transcript(value) else MAX_NODES
    nodes = 0
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > most:
            raise bad_form(
                Said("It is nested more deeply or has more parts than a credential needs.")
            )
        if isinstance(item, dict):
            pending += [(part, depth + 1) for part in item.values()]
        elif isinstance(item, list):
            if len(item) > MAX_ITEMS:
                raise bad_form(
                    Said("One of its lists is longer than {most} items.", most=MAX_ITEMS)
                )
            pending += [(part, depth + 1) for part in item]
