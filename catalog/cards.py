"""Results of a search, each made once for a state of its course: cards, and JSON for the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog import translating
from catalog.models import Course
from catalog.models.courses import CourseQuerySet
from catalog.search import Found
from lib.lru import Lru

T = TypeVar("T")

KEPT = 20_000
"""About a kilobyte each."""

_made: Lru[object] = Lru(KEPT)


def cards(found: Found) -> list[SafeString]:
    return shown(found, "card", _render)


def shown(found: Found, kind: str, make: Callable[[Sequence[int]], dict[int, T]]) -> list[T]:
    """In the order of the search. ``make`` is asked for those alone that are not at hand."""
    language = get_language()
    keys = [(pk, stamp, kind, language) for pk, stamp in zip(found.ids, found.stamps, strict=False)]
    at_hand = {key[0]: cast("T", one) for key in keys if (one := _made.get(key)) is not None}
    missing = [pk for pk in found.ids if pk not in at_hand]
    made = make(missing) if missing else {}
    for key in keys:
        if key[0] in made:
            _made.put(key, made[key[0]])
    return [one for pk in found.ids if (one := at_hand.get(pk) or made.get(pk)) is not None]


def _render(ids: Sequence[int]) -> dict[int, SafeString]:
    template = get_template("components/card_course.html")
    # Between the search and now a curator may have taken one out of the catalog.
    rows = Course.objects.published().filter(pk__in=ids)
    return {
        course.pk: mark_safe(template.render({"course": course}))  # noqa: S308  a template's
        for course in with_texts(rows)
    }


def with_texts(courses: CourseQuerySet) -> list[Course]:
    """Courses with what their cards show, in the reader's language; not to be saved."""
    rows = list(courses.for_cards())
    for course in rows:
        translating.into(course, get_language() or "")
    return rows
