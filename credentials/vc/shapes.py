"""What documents have in common, apart from the values in which they differ.

A shape says of a document all that its canonical form depends on, but for the values of some
terms. JSON-LD treats those as opaque: a text becomes one literal and an absolute address one IRI.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any


class Unprovable(Exception):
    """This document is left to the reference."""


class Constant(dict[str, Any]):
    """A part that many documents share. It must not be changed once it is made."""

    __slots__ = ("text",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.text = json.dumps(value, ensure_ascii=False)


class Mark:
    """A token of a shape that no value of a document equals."""


_OBJECT, _LIST, _END, _SHARED = Mark(), Mark(), Mark(), Mark()
TEXT, MOMENT, URL, DID = VALUES = Mark(), Mark(), Mark(), Mark()
UNSAFE = Mark()

_TEXT_TERMS = frozenset(
    {
        "description",
        "encodedList",
        "identityHash",
        "name",
        "narrative",
        "salt",
        "statusListIndex",
        "value",
    }
)
_MOMENT_TERMS = frozenset({"validFrom", "validUntil", "created", "awardedDate"})
_ADDRESS_TERMS = frozenset({"id", "statusListCredential", "verificationMethod"})

_MOMENTS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# Of the addresses that RFC 3987 allows only those that no library touches.
_URLS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:/(?!\.{1,2}(?:/|#|$))[\w.~-]+)*/?(?:#[\w.~-]+)?", re.ASCII
)
_DIDS = re.compile(r"did:[a-z0-9]+:[\w.:%-]*\w(?:#[\w.~-]+)?", re.ASCII)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def flatten(part: dict[str, Any], shape: list[object], values: list[str]) -> None:
    """The document as a list of what its template depends on, and its values apart."""
    for term, item in part.items():
        shape.append(term)
        kind = type(item)
        if kind is str:
            value_kind = mark(term, item)
            if value_kind is None:
                shape.append(item)
            else:
                shape.append(value_kind)
                values.append(item)
        elif kind is Constant:
            shape += (_SHARED, item.text)
        elif kind is dict:
            shape.append(_OBJECT)
            flatten(item, shape, values)
            shape.append(_END)
        else:
            _flatten_other(item, shape, values)


def _flatten_other(item: Any, shape: list[object], values: list[str]) -> None:
    if isinstance(item, list):
        shape.append(_LIST)
        for member in item:
            if type(member) is Constant:
                shape += (_SHARED, member.text)
            elif isinstance(member, dict):
                shape.append(_OBJECT)
                flatten(member, shape, values)
                shape.append(_END)
            else:
                _flatten_other(member, shape, values)
        shape.append(_END)
    elif isinstance(item, str):
        shape.append(item)
    elif item is None or isinstance(item, bool | int):
        # 1 and True are equal, but not the same document.
        shape.append((type(item), item))
    else:
        raise Unprovable


def mark(term: str, value: str) -> Mark | None:
    """The kind of value that the term has here, if its values differ between documents.

    Raises ``Unprovable`` for an address or a moment that is written in an unusual way.
    """
    if term in _TEXT_TERMS:
        return TEXT
    if term in _ADDRESS_TERMS:
        for kind in (URL, DID):
            if is_of(kind, value):
                return kind
        raise Unprovable
    if term in _MOMENT_TERMS:
        if is_of(MOMENT, value):
            return MOMENT
        raise Unprovable
    return None


def is_of(kind: Mark, value: str) -> bool:
    if kind is URL:
        return _URLS.fullmatch(value) is not None
    if kind is DID:
        return _DIDS.fullmatch(value) is not None and not _BAD_ESCAPE.search(value)
    if kind is MOMENT:
        return _MOMENTS.fullmatch(value) is not None
    return kind is TEXT


def marked(document: dict[str, Any], markers: Iterator[str]) -> dict[str, Any]:
    """The document with markers for its values, in the order of ``flatten``."""

    def member(item: Any) -> Any:
        if isinstance(item, list):
            return [member(one) for one in item]
        if isinstance(item, dict) and type(item) is not Constant:
            return marked(item, markers)
        return item

    return {
        term: next(markers) if type(item) is str and mark(term, item) is not None else member(item)
        for term, item in document.items()
    }
