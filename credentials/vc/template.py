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
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

import pyoxigraph

from credentials.vc import canonical, hygiene
from credentials.vc.shapes import (
    DID,
    TEXT,
    UNSAFE,
    URL,
    VALUES,
    Constant,
    Mark,
    Unprovable,
    flatten,
    marked,
)
from lib.lru import Lru

KEPT = 512

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_FIRST_ABOVE_SURROGATES = "\ud800"
_IN_FORMAT = re.compile(rb"(%%|%s)")
_ANY_TEXT = rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")'
_PLACES = re.compile(r"%\((\w+)\)s|%%")


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """A credential that was read from its JSON, with the parts marked that others have, too."""
    parted = dict(document)
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if isinstance(issuer, dict):
        parted["issuer"] = Constant(issuer)
    if isinstance(subject, dict) and isinstance(subject.get("achievement"), dict):
        parted["credentialSubject"] = {**subject, "achievement": Constant(subject["achievement"])}
    return parted


class Rendered:
    """A document's canonical N-Quads, and its JSON as ``json.dumps`` writes it; both in UTF-8."""

    __slots__ = ("n_quads", "text")

    def __init__(self, n_quads: bytes, text: bytes) -> None:
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
    n_quads = canonical.canonicalize(document)
    return Rendered(n_quads, json.dumps(document, ensure_ascii=False).encode())


_templates: Lru[Template | Mark] = Lru(KEPT)


def _by_template(document: dict[str, Any]) -> Rendered:
    template, values = find(document)
    return template.render(values)


def find(document: dict[str, Any]) -> tuple[Template, list[str]]:
    """The template of the document's shape, and its values. Raises ``Unprovable``."""
    shape: list[object] = []
    values: list[str] = []
    flatten(document, shape, values)
    key = tuple(shape)
    template = _templates.get(key)
    if template is None:
        template = _make(document, shape)
        _templates.put(key, template)
    if isinstance(template, Mark):
        raise Unprovable
    return template, values


def _make(document: dict[str, Any], shape: list[object]) -> Template | Mark:
    """Made with some markers, and proved with others."""
    kinds = [one for one in shape if isinstance(one, Mark) and one in VALUES]
    try:
        template = Template(document, kinds)
        values = _markers(kinds, f"y{secrets.token_hex(12)}")
        made = template.render(values)
        expected = by_reference(marked(document, iter(values)))
    except (Unprovable, ValueError):
        return UNSAFE
    alike = (made.n_quads, made.text) == (expected.n_quads, expected.text)
    return template if alike else UNSAFE


class Template:
    """One shape, made ready for any values."""

    def __init__(self, document: dict[str, Any], kinds: Sequence[Mark]) -> None:
        token = f"x{secrets.token_hex(12)}"
        self.kinds = kinds
        markers = _markers(kinds, token)
        names = [f"v{number}" for number in range(len(markers))]
        slots = dict(zip(markers, names, strict=True))
        with_markers = marked(document, iter(markers))
        self._text = _Format(_text_format(with_markers, slots, token), names)
        quads = canonical.to_quads(with_markers)
        self._is_plain = not any(
            character >= _FIRST_ABOVE_SURROGATES for quad in quads for character in str(quad)
        )
        self._arrange(
            [[_term(term, slots, token) for term in _terms(quad)] for quad in quads], names
        )

    def _arrange(self, quads: list[list[str | _Node]], names: list[str]) -> None:
        labels = sorted({term.label for quad in quads for term in quad if isinstance(term, _Node)})
        lines = [_line(quad, {label: f"%({label})s" for label in labels}) for quad in quads]
        whole = "".join(lines)
        if not all(f"%({name})s" in whole for name in names):
            # A value that no line has would go unsigned.
            raise Unprovable
        self._fixed = sorted((line % ()).encode() for line in lines if not _has_places(line))
        filled = sorted(line for line in lines if _has_places(line))
        self._lines = _Format("\n".join(filled), [*names, *labels])
        self._fixed_digests: list[tuple[bytes, int]] = []
        self._masked: list[tuple[_Format, int]] = []
        for number, label in enumerate(labels):
            masked = [
                _line(quad, {other: "_:a" if other == label else "_:z" for other in labels})
                for quad in quads
                if any(isinstance(term, _Node) and term.label == label for term in quad)
            ]
            if any(_has_places(line) for line in masked):
                self._masked.append((_Format("\n".join(masked), names), number))
            else:
                self._fixed_digests.append((_digest(("\n".join(masked) % ()).encode()), number))
        self._labels = [b"_:c14n%d" % number for number in range(len(labels))]

    def places(self) -> Places:
        return Places(self._text.text, self._text.numbers)

    def render(self, values: list[str]) -> Rendered:
        """Raises ``Unprovable``."""
        # In bytes throughout: UTF-8 sorts as code points do, and nothing long is encoded.
        quoted: list[bytes] = []
        terms: list[bytes] = []
        is_plain = self._is_plain
        for kind, value in zip(self.kinds, values, strict=True):
            if kind is not TEXT:
                term = value.encode()
                terms.append(term)
                quoted.append(b'"%s"' % term)
                continue
            if not (value.isascii() and value.isprintable()):
                is_plain = _check(value) and is_plain
            if "_:" in value:
                # The reference's own bound takes it for a blank node.
                raise Unprovable
            in_json = encode_basestring(value).encode()
            # What JSON leaves as it is needs no escape here, either.
            inside, plain = in_json[1:-1], value.encode()
            terms.append(plain if inside == plain else value.translate(_ESCAPES).encode())
            quoted.append(in_json)
        digests = [
            *self._fixed_digests,
            *[(_digest(masked.fill(terms)), number) for masked, number in self._masked],
        ]
        digests.sort()
        if len({digest for digest, _ in digests}) != len(digests):
            raise Unprovable
        named = [b""] * len(digests)
        for (_, number), label in zip(digests, self._labels, strict=True):
            named[number] = label
        # A line end inside of a value is escaped by now.
        lines = self._fixed + self._lines.fill(terms + named).split(b"\n")
        lines.sort()
        if len(set(lines)) != len(lines) or not (is_plain or _sorts_alike(lines)):
            raise Unprovable
        lines.append(b"")
        return Rendered(b"\n".join(lines), self._text.fill(quoted))


class Places:
    """Where the values stand in the JSON of a template."""

    def __init__(self, text: bytes, numbers: Sequence[int]) -> None:
        parts = [
            _ANY_TEXT if part == b"%s" else re.escape(b"%" if part == b"%%" else part)
            for part in _IN_FORMAT.split(text)
        ]
        self._pattern = re.compile(b"".join(parts))
        # Each value stands in the JSON once.
        self._order = [place for _, place in sorted((n, place) for place, n in enumerate(numbers))]

    def read(self, text: bytes) -> list[str] | None:
        """The values of this text, if it is written like the template."""
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        written = found.groups()
        return [
            json.loads(one) if b"\\" in one else one[1:-1].decode()
            for one in (written[place] for place in self._order)
        ]


class _Format:
    """A text with named places, filled in by a list in the order of ``names``.

    By position, because that is twice as fast as by name.
    """

    __slots__ = ("_pick", "numbers", "text")

    def __init__(self, text: str, names: Sequence[str]) -> None:
        numbers = {name: number for number, name in enumerate(names)}
        found = [numbers[name] for name in _PLACES.findall(text) if name]
        self.numbers = found
        self.text = _PLACES.sub(lambda place: "%s" if place[1] else "%%", text).encode()
        self._pick: Callable[[list[bytes]], Any] = itemgetter(*found) if found else lambda items: ()

    def fill(self, items: list[bytes]) -> bytes:
        filled: bytes = self.text % self._pick(items)
        return filled


class _Node:
    """A blank node of the template, by its place among the names to fill in."""

    def __init__(self, label: str) -> None:
        self.label = f"b{label}"


def _markers(kinds: Sequence[Mark], token: str) -> list[str]:
    """A value of each kind; none is part of another."""
    formats = {URL: "https://{}.example/{}z", DID: "did:example:{}{}z"}
    return [formats.get(kind, "{}{}z").format(token, n) for n, kind in enumerate(kinds)]


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
    return f"{' '.join(terms)} ."


def _has_places(line: str) -> bool:
    return "%(" in line.replace("%%", "")


def _digest(lines: bytes) -> bytes:
    ordered = sorted(lines.split(b"\n"))
    ordered.append(b"")
    # Digests compare as their hexadecimal forms do.
    return hashlib.sha256(b"\n".join(ordered)).digest()


def _check(text: str) -> bool:
    """Whether it sorts alike by code points and by UTF-16 units, whatever stands beside it."""
    try:
        hygiene.check(text)
    except hygiene.UncleanText as error:
        # The reference says what is wrong, and where.
        raise Unprovable from error
    return max(text, default="") < _FIRST_ABOVE_SURROGATES


def _sorts_alike(lines: list[bytes]) -> bool:
    return lines == sorted(lines, key=lambda line: line.decode().encode("utf-16-be"))
