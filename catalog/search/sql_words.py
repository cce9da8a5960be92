"""Finding courses by words in plain SQL that PostgreSQL and SQLite both understand."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable

from catalog.models import CourseSkill, CourseTranslation, Unit
from catalog.models.courses import CourseQuerySet
from catalog.search.analysis import is_unspaced
from lib.folding import without_accents

TITLE, SKILL, SUMMARY, TEXT = 8, 4, 3, 1
EVERY_WORD = 20


def by_words(courses: CourseQuerySet, words: list[str]) -> CourseQuerySet:
    """Those with any of the words; ``score`` tells how well each fits."""
    score: Combinable = Value(0)
    any_word, every_word = Q(), Q()
    for word in words:
        matches = Q()
        for weight, place in _places(word):
            score = score + _points(place, weight)
            matches |= place
        any_word |= matches
        every_word &= matches
    if len(words) > 1:
        score = score + _points(every_word, EVERY_WORD)
    return courses.filter(any_word).alias(score=score)


def _points(condition: Q, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0), output_field=IntegerField())


def _places(word: str) -> list[tuple[int, Q]]:
    """Where a word may stand, with what a match there is worth."""
    pattern = _pattern(word)
    has_skill = CourseSkill.objects.filter(course=OuterRef("pk")).filter(
        Q(skill__label__iregex=pattern) | Q(skill__alt_labels__iregex=pattern)
    )
    translated = CourseTranslation.objects.filter(course=OuterRef("pk"))
    in_title = Exists(translated.filter(title__iregex=pattern))
    in_summary = Exists(translated.filter(summary__iregex=pattern))
    return [
        (TITLE, Q(title__iregex=pattern) | Q(in_title)),
        (SKILL, Q(Exists(has_skill))),
        (SUMMARY, Q(summary__iregex=pattern) | Q(in_summary)),
        (
            TEXT,
            Q(description__iregex=pattern)
            | Q(provider__name__iregex=pattern)
            | Q(Exists(Unit.objects.filter(course=OuterRef("pk"), body__iregex=pattern))),
        ),
    ]


def _pattern(word: str) -> str:
    # Escaped in the way that Python's and PostgreSQL's regular expressions share.
    letters = "".join(_letter(letter) for letter in word)
    return letters if is_unspaced(word) else rf"(^|\W){letters}"


def _letter(letter: str) -> str:
    if accented := _accented().get(letter):
        return f"[{letter}{accented}]"
    return f"\\{letter}" if letter in ".+" else letter


@lru_cache(maxsize=1)
def _accented() -> dict[str, str]:
    """For each letter the letters that are it with an accent, in both cases."""
    found: dict[str, str] = {}
    for code in (*range(0x00C0, 0x0250), *range(0x0386, 0x0458), *range(0x1E00, 0x1F00)):
        character = chr(code)
        plain = without_accents(character)
        if len(plain) == 1 and plain != character and unicodedata.category(character)[0] == "L":
            found[plain] = found.get(plain, "") + character
    return found
