"""The fields of the index, and an entry as its document."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any, Final

import tantivy

from catalog.search.analysis import indexed
from catalog.search.entries import Entry
from catalog.search.filters import FACETS

TEXTS: Final = {"title": 5.0, "skills": 3.0, "summary": 2.0, "body": 1.0, "lessons": 0.4}
"""The fields that words are looked for in, and what a match there is worth."""

ORDERS: Final = {"hours": "by_hours", "start": "by_start", "newest": "by_newest"}

_TIE = 2**31
"""Above any primary key: makes every value to sort by unique, so that pages never overlap."""


def _build() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("pk", indexed=True, fast=True)
    builder.add_unsigned_field("stamp", fast=True)
    for name in TEXTS:
        # Analyzed before it comes here, by the same function as the words of a search.
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for facet in FACETS:
        builder.add_text_field(facet, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_unsigned_field("minutes", indexed=True, fast=True)
    for name in ORDERS.values():
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


SCHEMA = _build()


def version() -> str:
    """Changes with the code that makes documents, so that an index of other code is not used."""
    here = Path(__file__).parent
    names = ("analysis.py", "entries.py", "filters.py", "schema.py")
    content = b"".join((here / name).read_bytes() for name in names)
    return hashlib.sha256(content).hexdigest()[:16]


def document(entry: Entry) -> Any:
    made = tantivy.Document()
    made.add_unsigned("pk", entry.pk)
    made.add_unsigned("stamp", time.time_ns())
    for name in TEXTS:
        made.add_text(name, " ".join(indexed(entry.texts[name])))
    for facet in FACETS:
        for value in entry.values[facet]:
            made.add_text(facet, value)
    made.add_unsigned("minutes", entry.minutes)
    made.add_unsigned("by_hours", entry.minutes * _TIE + entry.pk)
    made.add_unsigned("by_start", entry.starts_in * _TIE + entry.pk)
    # Sorted downwards, so the older of two that came in the same second is second here, too.
    made.add_unsigned("by_newest", entry.published * _TIE + entry.pk)
    return made
