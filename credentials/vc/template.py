"""Canonical N-Quads by substitution: the fast path of signing, equal to the reference or not taken.

Documents of one shape differ in a few values only: an address here, a name there. The shape is
canonicalized once, with markers in place of those values, and each document puts its own in. That
is the same as canonicalizing it because JSON-LD treats such a value as opaque:

- a text becomes one literal and an absolute address one IRI, whatever they say; a marker that
  does not come back as exactly one whole term ends the attempt;
- blank nodes are named in the order of their first-degree hashes (RDFC-1.0 §4.6), which depend on
  the values: they are computed for every document, and two that are equal end the attempt;
- lines are sorted for every document, and two that are equal end the attempt.

Whatever ends an attempt leaves the document to ``canonical.canonicalize``. Each template is
compared with it, too, before its first use.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any

import pyoxigraph

from credentials.vc import canonical, hygiene
from lib.lru import Lru

KEPT = 512


class Constant(dict[str, Any]):
    """A part that many documents share. It must not be changed once it is made."""

    __slots__ = ("text",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.text = json.dumps(value, ensure_ascii=False)


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """A credential that was read from its JSON, with the parts marked that others have, too."""
    marked = dict(document)
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if isinstance(issuer, dict):
        marked["issuer"] = Constant(issuer)
    if isinstance(subject, dict) and isinstance(subject.get("achievement"), dict):
        marked["credentialSubject"] = {**subject, "achievement": Constant(subject["achievement"])}
    return marked


class _Mark:
    """A token of a shape that no value of a document equals."""


_OBJECT, _LIST, _END, _SHARED = _Mark(), _Mark(), _Mark(), _Mark()
_TEXT, _MOMENT, _URL, _DID = _VALUES = _Mark(), _Mark(), _Mark(), _Mark()
_UNSAFE = _Mark()

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
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_FIRST_ABOVE_SURROGATES = "\ud800"


class Unprovable(Exception):
    """This document is left to the reference."""


class Rendered:
    """A document's canonical N-Quads, and its JSON as ``json.dumps`` writes it."""

    __slots__ = ("n_quads", "text")

    def __init__(self, n_quads: bytes, text: str) -> None:
        self.n_quads = n_quads
        self.text = text


def render(document: dict[str, Any]) -> Rendered:
    """Equal to the reference for every document.

    Raises what the reference raises: ``NotCanonical``, ``UncleanText`` or ``UnknownContext``.
    """
    try:
        return _by_template(document)
    except Unprovable:
        return by_reference(document)


def by_reference(document: dict[str, Any]) -> Rendered:
    return Rendered(canonical.canonicalize(document), json.dumps(document, ensure_ascii=False))


_templates: Lru[Template | _Mark] = Lru(KEPT)


def _by_template(document: dict[str, Any]) -> Rendered:
    shape: list[object] = []
    values: list[str] = []
    _flatten(document, shape, values)
    key = tuple(shape)
    template = _templates.get(key)
    if template is None:
        template = _make(document, shape)
        _templates.put(key, template)
    if isinstance(template, _Mark):
        raise Unprovable
    return template.render(values)


def _make(document: dict[str, Any], shape: list[object]) -> Template | _Mark:
    """Made with some markers, and proved with others."""
    kinds = [mark for mark in shape if mark in _VALUES]
    try:
        template = Template(document, kinds)
        values = _markers(kinds, f"y{secrets.token_hex(12)}")
        made = template.render(values)
        expected = by_reference(_marked(document, iter(values)))
    except (Unprovable, ValueError):
        return _UNSAFE
    alike = (made.n_quads, made.text) == (expected.n_quads, expected.text)
    return template if alike else _UNSAFE


def _flatten(part: dict[str, Any], shape: list[object], values: list[str]) -> None:
    """The document as a list of what its template depends on, and its values apart."""
    for term, item in part.items():
        shape.append(term)
        kind = type(item)
        if kind is str:
            mark = _mark(term, item)
            if mark is None:
                shape.append(item)
            else:
                shape.append(mark)
                values.append(item)
        elif kind is Constant:
            shape += (_SHARED, item.text)
        elif kind is dict:
            shape.append(_OBJECT)
            _flatten(item, shape, values)
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
                _flatten(member, shape, values)
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


def _mark(term: str, value: str) -> _Mark | None:
    if term in _TEXT_TERMS:
        return _TEXT
    if term in _ADDRESS_TERMS:
        if _URLS.fullmatch(value):
            return _URL
        if _DIDS.fullmatch(value) and not _BAD_ESCAPE.search(value):
            return _DID
        raise Unprovable
    if term in _MOMENT_TERMS:
        if _MOMENTS.fullmatch(value):
            return _MOMENT
        raise Unprovable
    return None


class Template:
    """One shape, made ready for any values."""

    def __init__(self, document: dict[str, Any], kinds: Sequence[object]) -> None:
        token = f"x{secrets.token_hex(12)}"
        self._kinds = kinds
        markers = _markers(kinds, token)
        self._names = [f"v{number}" for number in range(len(markers))]
        slots = dict(zip(markers, self._names, strict=True))
        marked = _marked(document, iter(markers))
        self._text = _text_format(marked, slots, token)
        quads = canonical.to_quads(marked)
        self._is_plain = not any(
            character >= _FIRST_ABOVE_SURROGATES for quad in quads for character in str(quad)
        )
        self._arrange([[_term(term, slots, token) for term in _terms(quad)] for quad in quads])
        if not all(f"%({name})s" in self._all for name in self._names):
            # A value that no line has would go unsigned.
            raise Unprovable

    def _arrange(self, quads: list[list[str | _Node]]) -> None:
        labels = sorted({term.label for quad in quads for term in quad if isinstance(term, _Node)})
        lines = [_line(quad, {label: f"%({label})s" for label in labels}) for quad in quads]
        self._all = "".join(lines)
        self._fixed = sorted(line % () for line in lines if not _has_places(line))
        self._lines = sorted(line for line in lines if _has_places(line))
        self._fixed_digests: list[tuple[str, str]] = []
        self._masked: list[tuple[str, list[str]]] = []
        for label in labels:
            masked = [
                _line(quad, {other: "_:a" if other == label else "_:z" for other in labels})
                for quad in quads
                if any(isinstance(term, _Node) and term.label == label for term in quad)
            ]
            if any(_has_places(line) for line in masked):
                self._masked.append((label, masked))
            else:
                self._fixed_digests.append((_digest([line % () for line in masked]), label))
        self._labels = [f"_:c14n{number}" for number in range(len(labels))]

    def render(self, values: list[str]) -> Rendered:
        """Raises ``Unprovable``."""
        quoted = []
        terms = []
        is_plain = self._is_plain
        for kind, value in zip(self._kinds, values, strict=True):
            if kind is not _TEXT:
                terms.append(value)
                quoted.append(f'"{value}"')
                continue
            if not (value.isascii() and value.isprintable()):
                is_plain = _check(value) and is_plain
            if "_:" in value:
                # The reference's own bound takes it for a blank node.
                raise Unprovable
            terms.append(value.translate(_ESCAPES))
            quoted.append(encode_basestring(value))
        fill = dict(zip(self._names, terms, strict=True))
        digests = [
            *self._fixed_digests,
            *[(_digest([line % fill for line in masked]), label) for label, masked in self._masked],
        ]
        digests.sort()
        if len({digest for digest, _ in digests}) != len(digests):
            raise Unprovable
        for (_, label), name in zip(digests, self._labels, strict=True):
            fill[label] = name
        lines = self._fixed + [line % fill for line in self._lines]
        lines.sort()
        if len(set(lines)) != len(lines) or not (is_plain or _sorts_alike(lines)):
            raise Unprovable
        return Rendered(
            "".join(lines).encode(), self._text % dict(zip(self._names, quoted, strict=True))
        )


class _Node:
    """A blank node of the template, by its place among the names to fill in."""

    def __init__(self, label: str) -> None:
        self.label = f"b{label}"


def _markers(kinds: Sequence[object], token: str) -> list[str]:
    """A value of each kind; none is part of another."""
    formats = {_URL: "https://{}.example/{}z", _DID: "did:example:{}{}z"}
    return [formats.get(kind, "{}{}z").format(token, n) for n, kind in enumerate(kinds)]  # type: ignore[call-overload]


def _marked(document: dict[str, Any], markers: Iterator[str]) -> dict[str, Any]:
    """The document with markers for its values, in the order of ``_flatten``."""

    def member(item: Any) -> Any:
        if isinstance(item, list):
            return [member(one) for one in item]
        if isinstance(item, dict) and type(item) is not Constant:
            return _marked(item, markers)
        return item

    return {
        term: next(markers) if type(item) is str and _mark(term, item) is not None else member(item)
        for term, item in document.items()
    }


def _text_format(marked: dict[str, Any], slots: dict[str, str], token: str) -> str:
    text = json.dumps(marked, ensure_ascii=False).replace("%", "%%")
    for marker, name in slots.items():
        text = text.replace(f'"{marker}"', f"%({name})s")
    if token in text:
        raise Unprovable
    return text


def _terms(quad: Any) -> list[Any]:
    terms = [quad.subject, quad.predicate, quad.object]
    if not isinstance(quad.graph_name, pyoxigraph.DefaultGraph):
        terms.append(quad.graph_name)
    return terms


def _term(term: Any, slots: dict[str, str], token: str) -> str | _Node:
    """The term as a format, with a place for the value if it is one."""
    if isinstance(term, pyoxigraph.BlankNode):
        return _Node(term.value)
    text = str(term)
    if token not in text:
        return text.replace("%", "%%")
    if term.value not in slots:
        raise Unprovable
    return text.replace(term.value, f"%({slots[term.value]})s")


def _line(quad: list[str | _Node], names: dict[str, str]) -> str:
    terms = [names[term.label] if isinstance(term, _Node) else term for term in quad]
    return f"{' '.join(terms)} .\n"


def _has_places(line: str) -> bool:
    return "%(" in line.replace("%%", "")


def _digest(lines: list[str]) -> str:
    lines.sort()
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _check(text: str) -> bool:
    """Whether it sorts alike by code points and by UTF-16 units, whatever stands beside it."""
    try:
        hygiene.check(text)
    except hygiene.UncleanText as error:
        # The reference says what is wrong, and where.
        raise Unprovable from error
    return max(text, default="") < _FIRST_ABOVE_SURROGATES


def _sorts_alike(lines: list[str]) -> bool:
    return lines == sorted(lines, key=lambda line: line.encode("utf-16-be"))
