"""Finding courses by words, in plain SQL that PostgreSQL and SQLite both understand.

Any word may match; courses that match every word, or match in the title, come first: learners add
words to be clearer, and must not be punished for one that no course has. A word finds what begins
with it, in any case and with or without accents. Scripts that write no spaces are searched by
pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable

from catalog.models import Course, CourseSkill
from catalog.models.courses import CourseQuerySet

MAX_CHARACTERS = 200
MAX_WORDS = 8

TITLE, SKILL, SUMMARY, TEXT = 8, 4, 3, 1
EVERY_WORD = 20

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# fmt: off
_TOO_COMMON = frozenset([
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "how", "in", "into", "is", "of",
    "on", "or", "the", "to", "with",
])
# fmt: on


def search(*, text: str = "", field: str = "", language: str = "") -> CourseQuerySet:
    """Published courses, the best match first; by title when there are no words."""
    courses = Course.objects.published()
    if field:
        courses = courses.filter(field=field)
    if language:
        courses = courses.filter(language=language)
    found = words(text)
    if not found:
        return courses.none() if text.strip() else courses.order_by("title", "pk")
    score: Combinable = Value(0)
    any_word, every_word = Q(), Q()
    for word in found:
        matches = Q()
        places = _places(word)
        for weight, place in places:
            score = score + _points(place, weight)
            matches |= place
        any_word |= matches
        every_word &= matches
    if len(found) > 1:
        score = score + _points(every_word, EVERY_WORD)
    return courses.filter(any_word).alias(score=score).order_by("-score", "title", "pk")


def _points(condition: Q, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0), output_field=IntegerField())


def words(text: str) -> list[str]:
    """What to look for: lower case, without accents, each once, at most ``MAX_WORDS``."""
    plain = _without_accents(text[:MAX_CHARACTERS])
    found: list[str] = []
    for token in "".join(one if _is_part_of_a_word(one) else " " for one in plain).split():
        for part in _UNSPACED.findall(token):
            found += [part[i : i + 2] for i in range(max(1, len(part) - 1))]
        found += [part.rstrip("._") for part in _UNSPACED.split(token)]
    found = [word for word in dict.fromkeys(found) if word.strip(".+#_")]
    telling = [word for word in found if word not in _TOO_COMMON]
    return (telling or found)[:MAX_WORDS]


def _is_part_of_a_word(character: str) -> bool:
    # Vowel signs are marks: without them Hindi falls apart. ".+#" are for ".NET", "C++", "C#".
    return character in ".+#_" or unicodedata.category(character)[0] in "LNM"


def _places(word: str) -> list[tuple[int, Q]]:
    """Where a word may stand, with what a match there is worth."""
    pattern = _pattern(word)
    has_skill = CourseSkill.objects.filter(course=OuterRef("pk"), skill__label__iregex=pattern)
    return [
        (TITLE, Q(title__iregex=pattern)),
        (SKILL, Q(Exists(has_skill))),
        (SUMMARY, Q(summary__iregex=pattern)),
        (TEXT, Q(description__iregex=pattern) | Q(provider__name__iregex=pattern)),
    ]


def _pattern(word: str) -> str:
    # Escaped in the way that Python's and PostgreSQL's regular expressions share.
    letters = "".join(_letter(letter) for letter in word)
    return letters if _UNSPACED.match(word) else rf"(^|\W){letters}"


def _letter(letter: str) -> str:
    if accented := _accented().get(letter):
        return f"[{letter}{accented}]"
    return f"\\{letter}" if letter in ".+" else letter


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # The marks of Latin, Greek and Cyrillic only: in other scripts they are letters.
    kept = "".join(one for one in decomposed if not "\u0300" <= one <= "\u036f")
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=1)
def _accented() -> dict[str, str]:
    """For each letter the letters that are it with an accent, in both cases."""
    found: dict[str, str] = {}
    for code in (*range(0x00C0, 0x0250), *range(0x0386, 0x0458), *range(0x1E00, 0x1F00)):
        character = chr(code)
        plain = _without_accents(character)
        if len(plain) == 1 and plain != character and character.isalpha():
            found[plain] = found.get(plain, "") + character
    return found
