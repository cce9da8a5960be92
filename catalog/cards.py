"""Cards of courses on a page of results, made once for each state of a course."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.models import Course
from catalog.search import Found
from lib.lru import Lru

KEPT = 20_000
"""About a kilobyte each."""

_made: Lru[SafeString] = Lru(KEPT)


def cards(found: Found) -> list[SafeString]:
    """In the order of the search. Rows are read only of the courses that are not at hand."""
    language = get_language()
    keys = [(pk, stamp, language) for pk, stamp in zip(found.ids, found.stamps, strict=False)]
    at_hand = {key[0]: card for key in keys if (card := _made.get(key)) is not None}
    made = _render([pk for pk in found.ids if pk not in at_hand])
    for key in keys:
        if key[0] in made:
            _made.put(key, made[key[0]])
    return [card for pk in found.ids if (card := at_hand.get(pk) or made.get(pk)) is not None]


def _render(ids: Sequence[int]) -> dict[int, SafeString]:
    if not ids:
        return {}
    template = get_template("components/card_course.html")
    # Between the search and now a curator may have taken one out of the catalog.
    rows = Course.objects.published().filter(pk__in=ids)
    return {
        course.pk: mark_safe(template.render({"course": course}))  # noqa: S308  a template's
        for course in rows.select_related("provider").with_workload()
    }
