"""A visitor's wish as a query of the index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tantivy import FieldType, Occur, Query

from catalog.search.analysis import is_unspaced
from catalog.search.filters import FACETS, Filters
from catalog.search.schema import SCHEMA, TEXTS
from catalog.search.vocabulary import Phrase, Term

EVERY_WORD = 2.0
"""Courses with all the words come before those with some, unless those are far better."""
BEGINNING = 0.5
"""What a word that only begins with the one looked for is worth, times the field's weight."""
MEANING = 0.8
"""What other words for it are worth, in other languages or longer ones, beside the words given."""
MIN_BEGINNING = 3
"""Shorter beginnings are those of half the dictionary."""


def narrowed(filters: Filters, words: Any, *, without: str = "") -> Any:
    """The courses that fit; with ``without``, whatever that facet says of them."""
    parts = [(Occur.Must, words)] if words is not None else []
    for facet in FACETS:
        chosen = filters.chosen(facet)
        if chosen and facet != without:
            parts.append((Occur.Must, _silent(any_of(facet, chosen))))
    if filters.hours_from is not None or filters.hours_to is not None:
        parts.append((Occur.Must, _silent(_hours(filters))))
    return Query.boolean_query(parts) if parts else Query.all_query()


def any_of(facet: str, values: Sequence[str] | frozenset[str]) -> Any:
    return Query.term_set_query(SCHEMA, facet, sorted(values))


def _silent(query: Any) -> Any:
    """Decides what is found, and says nothing about what is better."""
    return Query.const_score_query(query, 0.0)


def _hours(filters: Filters) -> Any:
    return Query.range_query(
        SCHEMA,
        "minutes",
        FieldType.Unsigned,
        None if filters.hours_from is None else filters.hours_from * 60,
        None if filters.hours_to is None else filters.hours_to * 60,
    )


def matching(terms: Sequence[Term]) -> Any:
    """Courses with any of the terms, those with all of them first."""
    parts = [_term(term) for term in terms]
    # A phrase of the vocabulary is one thing; its words are looked for by themselves, too.
    single = [_word(word) for term in terms if len(term.words) > 1 for word in term.words]
    if len(parts) == 1 and not single:
        return parts[0]
    every = Query.boost_query(
        Query.boolean_query([(Occur.Must, part) for part in parts]), EVERY_WORD
    )
    return Query.boolean_query([(Occur.Should, part) for part in (*parts, *single, every)])


def _term(term: Term) -> Any:
    if not term.means:
        return _phrase(term.words)
    means = [Query.boost_query(_phrase(phrase), MEANING) for phrase in term.means]
    return Query.disjunction_max_query([_phrase(term.words), *means], 0.1)


def _phrase(words: Phrase) -> Any:
    """All of its words, wherever they stand."""
    if len(words) == 1:
        return _word(words[0])
    return Query.boolean_query([(Occur.Must, _word(word)) for word in words])


# Queries are plain values, and people look for the same words.
@lru_cache(maxsize=10_000)
def _word(word: str) -> Any:
    """The best of the places in which the word, or one that it begins, stands."""
    places = []
    for name, weight in TEXTS.items():
        places.append(
            Query.boost_query(Query.term_query(SCHEMA, name, word, index_option="freq"), weight)
        )
        if len(word) >= MIN_BEGINNING and not is_unspaced(word):
            longer = Query.regex_query(SCHEMA, name, f"{re.escape(word)}.*")
            places.append(Query.const_score_query(longer, weight * BEGINNING))
    return Query.disjunction_max_query(places, 0.1)
