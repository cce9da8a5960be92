"""Searches in words that courses do not use: other languages, other names, abbreviations.

``vocabulary.txt`` says what they mean. A word that is not in it may be the ending of one that is,
two that are written as one, or one that is spelled almost the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.search.analysis import (
    MAX_CHARACTERS,
    MAX_WORDS,
    TOO_COMMON,
    is_unspaced,
    tokens,
)
from catalog.search.edits import distance

Phrase = tuple[str, ...]

MOST_MEANINGS = 4
ENDING = 3
"""Letters by which a word may be longer than its entry: endings of cases and plurals."""
MIN_STEM = 4
LONG = 8
"""Words of so many letters may have two that are wrong."""
_JOINTS = ("s", "n", "en", "es")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class Term:
    """What stands for one thing in a search; ``means`` are other ways to say it."""

    words: Phrase
    means: tuple[Phrase, ...] = ()

    def __str__(self) -> str:
        return " ".join(self.words)


# People look for the same things.
@lru_cache(maxsize=10_000)
def terms(text: str) -> tuple[Term, ...]:
    """What to look for: each term once, none that every text has, unless there is no other."""
    found = tuple(dict.fromkeys(_cut(tokens(text[:MAX_CHARACTERS]))))
    telling = tuple(term for term in found if term.means or term.words[0] not in TOO_COMMON)
    return (telling or found)[:MAX_WORDS]


def all_words(text: str) -> list[str]:
    """Those of the search, then those of what it means."""
    found = terms(text)
    said = [word for term in found for word in term.words]
    meant = [word for term in found for phrase in term.means for word in phrase]
    return list(dict.fromkeys(said + meant))[: 2 * MAX_WORDS]


def _cut(words: list[str]) -> Iterator[Term]:
    """The longest entries from left to right; what is between them word by word."""
    entries, longest = _entries(), _longest()
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if length == 1 or phrase in entries:
                yield Term(phrase, entries.get(phrase, ()))
                place += length
                break


def related(word: str) -> tuple[Phrase, ...]:
    """The meanings of a word that has an entry's stem, or is made of two entries."""
    return () if is_unspaced(word) else _inflected(word) or _compound(word)


def _inflected(word: str) -> tuple[Phrase, ...]:
    entries = _entries()
    for cut in range(1, ENDING + 1):
        stem = word[:-cut]
        if len(stem) >= MIN_STEM and (found := entries.get((stem,))):
            return found
    return ()


def _compound(word: str) -> tuple[Phrase, ...]:
    """What is found means both parts: Datenanalyse, Risikomanagement."""
    for first, end in _divided(word):
        last = _entries().get((end,)) or _inflected(end) or (((end,),) if end in _known() else ())
        if last:
            return tuple(one + other for one in first for other in last)[:MOST_MEANINGS]
    return ()


def _divided(word: str) -> Iterator[tuple[tuple[Phrase, ...], str]]:
    """The meanings of each beginning that is an entry, the longest first, and what follows it."""
    entries = _entries()
    for cut in range(len(word) - MIN_STEM, MIN_STEM - 1, -1):
        begin = word[:cut]
        # Joined as in Sicherheit-s-kultur, or without the last letter, as in Sprach-schule.
        for first in (begin, f"{begin}e", *(begin.removesuffix(joint) for joint in _JOINTS)):
            if means := entries.get((first,)):
                yield means, word[cut:]
                break


def first_part(word: str) -> tuple[Phrase, ...]:
    """The meanings of the longest entry that the word begins with."""
    return () if is_unspaced(word) else next((means for means, _ in _divided(word)), ())


def misspelled(word: str) -> tuple[Phrase, ...]:
    """The meanings of the entry that is spelled almost like this word."""
    if is_unspaced(word) or len(word) <= MIN_STEM:
        return ()
    most = 1 if len(word) < LONG else 2
    near = [
        (edits, entry)
        for entry in _single_words()
        if abs(len(entry) - len(word)) <= most and (edits := distance(word, entry, most)) <= most
    ]
    return _entries()[(min(near)[1],)] if near else ()


@lru_cache(maxsize=1)
def _entries() -> dict[Phrase, tuple[Phrase, ...]]:
    found: dict[Phrase, list[Phrase]] = {}
    for line in (Path(__file__).parent / "vocabulary.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        meaning, _, others = line.partition(":")
        means = tuple(tokens(meaning))
        for phrase in _spellings(others.split(",")):
            if means not in found.setdefault(phrase, []):
                found[phrase].append(means)
    return {phrase: tuple(means[:MOST_MEANINGS]) for phrase, means in found.items() if phrase}


def _spellings(names: Iterable[str]) -> Iterator[Phrase]:
    for name in names:
        yield tuple(tokens(name))
        if (written_out := name.lower().translate(_UMLAUTS)) != name.lower():
            yield tuple(tokens(written_out))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """The words of all meanings."""
    return frozenset(word for means in _entries().values() for phrase in means for word in phrase)


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(len(phrase) for phrase in _entries())


@lru_cache(maxsize=1)
def _single_words() -> list[str]:
    return [phrase[0] for phrase in _entries() if len(phrase) == 1 and not is_unspaced(phrase[0])]
