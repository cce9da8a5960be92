"""Searching the catalog: words, filters and facets, by an index beside the database (ADR 6)."""

from __future__ import annotations

from catalog.search.analysis import MAX_CHARACTERS
from catalog.search.changes import courses_changed, everything_changed, forget_old
from catalog.search.filters import FACETS, KNOWN, MAX_HOURS, MAX_PAGE, PAGE_SIZE, SORTS, Filters
from catalog.search.finding import Found, find
from catalog.search.index import generation

__all__ = [
    "FACETS",
    "KNOWN",
    "MAX_CHARACTERS",
    "MAX_HOURS",
    "MAX_PAGE",
    "PAGE_SIZE",
    "SORTS",
    "Filters",
    "Found",
    "courses_changed",
    "everything_changed",
    "find",
    "forget_old",
    "generation",
]
