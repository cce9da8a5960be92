"""Words that no course has, and the nearest that some have.

First what the vocabulary guesses ("Datenanalysen"), then a word that begins likewise ("debugging"
finds "debug"), then one that is spelled almost the same ("mashine" finds "machine").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from catalog.search import vocabulary
from catalog.search.analysis import is_unspaced
from catalog.search.edits import distance
from catalog.search.vocabulary import Term

FIELDS: Final = ("title", "skills", "summary", "body", "lessons")
MIN_LENGTH = 4
SHARED = 0.55
"""So much of a word must be the beginning of the other, and five letters at least."""
MOST_TERMS = 5000


def corrected(terms: Sequence[Term], searcher: Any) -> tuple[Term, ...]:
    """The terms, each that nothing begins with replaced by its nearest neighbor, if it has one."""
    return tuple(_corrected(term, searcher) for term in terms)


def _corrected(term: Term, searcher: Any) -> Term:
    word = term.words[0]
    if term.means or _is_known(word, searcher):
        return term
    if means := vocabulary.related(word):
        return Term(means[0], means[1:])
    if better := _kin(word, searcher) or _nearest(word, searcher):
        return Term((better,))
    means = vocabulary.misspelled(word) or vocabulary.first_part(word)
    return Term(means[0], means[1:]) if means else term


def _is_known(word: str, searcher: Any) -> bool:
    return any(searcher.terms_with_prefix(name, word, limit=1) for name in FIELDS)


def _kin(word: str, searcher: Any) -> str:
    """The most frequent of the words that share the longest beginning with this one."""
    if is_unspaced(word):
        return ""
    for length in range(len(word) - 1, max(5, int(SHARED * len(word))) - 1, -1):
        found: list[tuple[int, str]] = [
            (-courses, term)
            for name in FIELDS
            for term, courses in searcher.terms_with_prefix(name, word[:length], limit=50)
        ]
        if found:
            return min(found)[1]
    return ""


def _nearest(word: str, searcher: Any) -> str:
    """By edits (one in short words, two in long ones), then by how many courses have it."""
    if len(word) < MIN_LENGTH or is_unspaced(word):
        return ""
    most = 1 if len(word) < 6 else 2
    best: tuple[int, int, str] | None = None
    for name in FIELDS:
        # The first letter is seldom the wrong one; without it the second is.
        for start in {word[0], word[1]}:
            for term, courses in searcher.terms_with_prefix(name, start, limit=MOST_TERMS):
                if abs(len(term) - len(word)) > most:
                    continue
                edits = distance(word, term, most)
                if edits <= most and (best is None or (edits, -courses, term) < best):
                    best = (edits, -courses, term)
    return best[2] if best else ""
