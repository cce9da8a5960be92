"""Reference canonicalization: JSON-LD to RDF by PyLD, RDFC-1.0 by pyoxigraph.

Neither library fails on what would go unsigned, so this module refuses it: terms that no pinned
context defines, relative identifiers, blank nodes given names, and graphs built to make the
algorithm run for ever.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from threading import Lock
from typing import Any

import pyoxigraph
from pyld import jsonld

from credentials.vc import hygiene, pinned
from credentials.vc.said import Explained, Said

MAX_PERMUTATIONS = 5_000
"""How much work RDFC-1.0 §4.8 may have to tell alike blank nodes apart."""

_BLANK = re.compile(r"_:\w+")
# What a relative address is resolved against, to be told from an absolute one afterwards.
_BASE = "x-relative://base/"
# RFC 3987 as strictly as N-Quads: PyLD leaves out a statement whose address has a space in it.
_ABSOLUTE = re.compile(r"(?!x-relative:)[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_LITERAL = {"@value", "@language", "@direction"}
# PyLD keeps resolved contexts in a cache that threads must not share unguarded.
_pyld_lock = Lock()

MIXED = Said(
    "The text mixes characters that verifiers sort differently. Leave out the rarest ones."
)


class NotCanonical(Explained, ValueError):
    """The document cannot be signed or verified as it is."""


def canonicalize(document: dict[str, Any]) -> bytes:
    """Sorted N-Quads of the document with canonical blank nodes (RDFC-1.0 with SHA-256)."""
    quads = to_quads(document)
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = [f"{quad} .\n" for quad in dataset]
    by_code_point = sorted(lines)
    # Some verifiers sort by UTF-16 units; a document on which the two differ would be valid here
    # and invalid there.
    if by_code_point != sorted(lines, key=lambda line: line.encode("utf-16-be")):
        raise NotCanonical(MIXED)
    return "".join(by_code_point).encode()


def to_quads(document: dict[str, Any]) -> list[pyoxigraph.Quad]:
    """The document as RDF, with whatever names its blank nodes got on the way."""
    hygiene.check(document)
    _check_names(document)
    n_quads = _to_n_quads(document)
    _refuse_hostile(n_quads)
    try:
        return list(pyoxigraph.parse(n_quads, format=pyoxigraph.RdfFormat.N_QUADS))
    except SyntaxError as error:
        words = Said("An address or a language tag is malformed: {detail}.", detail=error.msg)
        raise NotCanonical(words) from error


def _check_names(value: Any) -> None:
    """Pinned contexts by address, blank nodes without a name, and properties by their terms.

    ``credentialStatus`` written as its IRI says the same in RDF, so a signature fits both; but
    whoever reads the JSON would no longer see it (Data Integrity 1.0 §2.4.1).
    """
    if isinstance(value, list):
        for item in value:
            _check_names(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "@context":
            contexts = item if isinstance(item, list) else [item]
            # Each one that is named again costs PyLD milliseconds and means nothing.
            if len(contexts) > len(pinned.PINNED):
                raise NotCanonical(Said("It names more contexts than there are."))
            for context in contexts:
                if not isinstance(context, str):
                    raise NotCanonical(Said("A context must be named by its address."))
                pinned.load(context)
            continue
        if ":" in key or (key.startswith("@") and key not in _LITERAL):
            raise NotCanonical(Said("Write {term} as a term of the contexts.", term=key[:80]))
        if key == "id" and isinstance(item, str) and item.startswith("_:"):
            raise NotCanonical(Said("The identifier {name} names a blank node.", name=item[:80]))
        _check_names(item)


def _refuse_dropped(name: str | None) -> None:
    raise NotCanonical(
        Said("The term {term} is not defined, so no signature covers it.", term=str(name)[:80])
    )


def _to_n_quads(document: dict[str, Any]) -> str:
    options = {"documentLoader": pinned.document_loader, "base": _BASE}
    try:
        with _pyld_lock:
            processor = jsonld.JsonLdProcessor(on_property_dropped=_refuse_dropped)
            expanded = processor.expand(document, dict(options))
            _check_identifiers(expanded)
            n_quads = processor.to_rdf(expanded, {**options, "format": "application/n-quads"})
    except jsonld.JsonLdError as error:
        words = Said("The document is not valid JSON-LD: {detail}", detail=_cause(error))
        raise NotCanonical(words) from error
    return str(n_quads)


def _cause(error: BaseException) -> str:
    """The innermost reason, which is the one that says what is wrong."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, BaseException):
        return _cause(cause)
    return str(error.args[0] if error.args else error).splitlines()[0][:200]


def _check_identifiers(value: Any) -> None:
    """Malformed identifiers and undefined types vanish on the way to RDF: refuse them."""
    if isinstance(value, list):
        for item in value:
            _check_identifiers(item)
    elif isinstance(value, dict):
        types = value.get("@type", [])
        names = [value.get("@id"), *(types if isinstance(types, list) else [types])]
        for name in names:
            if isinstance(name, str) and not _ABSOLUTE.fullmatch(name) and name != "@json":
                shown = name.removeprefix(_BASE)[:80]
                raise NotCanonical(
                    Said("“{name}” is neither a known term nor an absolute address.", name=shown)
                )
        for item in value.values():
            _check_identifiers(item)


def _masked(line: str, label: str) -> str:
    """The statement as seen from one blank node (RDFC-1.0 §4.6)."""
    return _BLANK.sub(lambda found: "_:a" if found[0] == label else "_:z", line)


def _refuse_hostile(n_quads: str) -> None:
    """Bound the permutations that alike blank nodes can cost (RDFC-1.0, "dataset poisoning").

    Alike ones that are linked to none of their kind cost none (§4.8): what tells them apart has
    its name already. A transcript has many of those, the learner's name in each credential.
    """
    seen_as: defaultdict[str, list[str]] = defaultdict(list)
    together: list[set[str]] = []
    for line in n_quads.splitlines():
        labels = set(_BLANK.findall(line))
        together.append(labels)
        for label in labels:
            seen_as[label].append(_masked(line, label))
    looks = {label: tuple(sorted(quads)) for label, quads in seen_as.items()}
    count = Counter(looks.values())
    is_alike = {label for label, look in looks.items() if count[look] > 1}
    linked = {label for labels in together if len(labels & is_alike) > 1 for label in labels}
    alike = Counter(looks[label] for label in linked & is_alike)
    if max(alike.values(), default=0) > 12 or (
        math.prod(math.factorial(number) for number in alike.values()) > MAX_PERMUTATIONS
    ):
        raise NotCanonical(Said("The document has too many parts that cannot be told apart."))
