"""Text to words: the same for what is indexed and for what is looked for.

Lower case, without the accents of Latin, Greek and Cyrillic. Scripts that write no spaces become
pairs of characters. English plurals lose their ending (the S stemmer: Harman, "How effective is
suffixing?", 1991), because a learner who writes "databases" also means a database.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lib.folding import without_accents

MAX_CHARACTERS = 200
MAX_WORDS = 8

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# Python's \w leaves out vowel signs, without which Hindi and Tamil fall apart.
# "+", "#" and "." are for C++, C# and .NET.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e"
)
_WORD = re.compile(rf"[\w.+#{_MARKS}]+")
_PLURAL = re.compile(r"[a-z]{3,}s")
# fmt: off
TOO_COMMON = frozenset([
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "for", "from", "how", "i", "in",
    "into", "is", "it", "my", "of", "on", "or", "that", "the", "this", "to", "what", "when", "why",
    "with", "you", "your",
    "learn", "course",
    "das", "dem", "den", "der", "des", "die", "ein", "eine", "fur", "im", "mit", "und", "von", "zu",
    "al", "como", "con", "de", "del", "el", "en", "la", "las", "los", "para", "por", "que", "un",
    "una", "y",
    "du", "et", "le", "les", "pour", "une",
])
"""Of a search, when it has other words: what English, German, Spanish and French texts all have."""
# fmt: on

ABBREVIATIONS = {
    "ai": ("artificial", "intelligence"),
    "ml": ("machine", "learning"),
    "nlp": ("natural", "language", "processing"),
    "api": ("application", "programming", "interface"),
    "ux": ("user", "experience"),
    "hr": ("human", "resource"),
    "cybersecurity": ("cyber", "security"),
    "fintech": ("financial", "technology"),
    "mlops": ("machine", "learning", "operation"),
    "roi": ("return", "on", "investment"),
    "esg": ("environmental", "social", "governance"),
    "dcf": ("discounted", "cash", "flow"),
    "kpi": ("key", "performance", "indicator"),
    "2fa": ("two", "factor", "authentication"),
    "a11y": ("accessibility",),
    "k8s": ("kubernetes",),
}
"""People look for either; texts that say one are indexed under both. Words as ``tokens`` cuts."""
_BY_LAST_WORD = {phrase[-1]: (short, phrase) for short, phrase in ABBREVIATIONS.items()}


def tokens(text: str) -> list[str]:
    """The words of a text in their order, repeated as they are."""
    found: list[str] = []
    for word in _WORD.findall(without_accents(text)):
        found += _cut(word)
    return found


def indexed(text: str) -> list[str]:
    """The words that a text is found by: its own, and what they are short or long for."""
    found = tokens(text)
    more: list[str] = []
    for place, word in enumerate(found):
        if word in ABBREVIATIONS:
            more += ABBREVIATIONS[word]
        elif word in _BY_LAST_WORD:
            short, phrase = _BY_LAST_WORD[word]
            if tuple(found[place + 1 - len(phrase) : place + 1]) == phrase:
                more.append(short)
    return found + more


# Languages have few words that make up most of their texts.
@lru_cache(maxsize=100_000)
def _cut(word: str) -> tuple[str, ...]:
    if not _UNSPACED.search(word):
        parts = [word.rstrip("._").lstrip("_")]
    else:
        parts = [
            part[i : i + 2]
            for part in _UNSPACED.findall(word)
            for i in range(max(1, len(part) - 1))
        ]
        parts += _UNSPACED.split(word)
    return tuple(singular(part) for part in parts if part.strip(".+#_"))


def words(text: str) -> list[str]:
    """What to look for: each word once, at most ``MAX_WORDS``, none that every text has."""
    found = list(dict.fromkeys(tokens(text[:MAX_CHARACTERS])))
    telling = [word for word in found if word not in TOO_COMMON]
    return (telling or found)[:MAX_WORDS]


def is_unspaced(word: str) -> bool:
    return _UNSPACED.match(word) is not None


def singular(word: str) -> str:
    if not _PLURAL.fullmatch(word):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    if word[-2] in "us":
        return word
    return word[:-1]
