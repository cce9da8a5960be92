"""Finding courses: one page of them, how many there are, and the facets with their counts."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils import timezone
from tantivy import Order

from catalog.search import plain, queries, spelling, vocabulary
from catalog.search.filters import PAGE_SIZE, Filters
from catalog.search.index import live
from catalog.search.schema import ORDERS
from lib.lru import Lru

logger = logging.getLogger(__name__)

SHOWN: Final = {"skill": 12, "provider": 12}
"""Facets with more values than anybody reads: so many, the most frequent first."""
ALL_VALUES = 65_000
MOST_VALUES = 500
"""Of facets that are shown whole, more than any has."""
REMEMBERED = 512


@dataclass(frozen=True)
class Found:
    """``ids`` are those of one page, in order. ``facets`` maps values to numbers of courses.

    ``stamps`` say for each id which state of the course was found; none when the database was
    asked. ``generation`` is that of the index.
    """

    ids: Sequence[int]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    stamps: Sequence[int] = ()
    generation: tuple[str, int] = ("", 0)
    corrected: str = ""
    """The words that were looked for, when no course has some of those that were typed."""


def find(filters: Filters, *, facets: Sequence[str] = (), page_size: int = PAGE_SIZE) -> Found:
    """By the index, or by the database when there is none at the moment."""
    if filters.text and not vocabulary.terms(filters.text):
        # Signs alone, which no course is known by.
        return Found([], 0, {facet: {} for facet in facets})
    index = live()
    searcher = index.searcher() if index else None
    if index is None or searcher is None:
        return _by_database(filters, facets, page_size)
    key = (index.generation, filters.key, tuple(facets), page_size)
    if known := _remembered.get(key):
        return known
    try:
        found = replace(
            _by_index(searcher, filters, facets, page_size), generation=index.generation
        )
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        # Files that were damaged under our hands: the library answers with one of many errors, or
        # panics, which is no Exception.
        logger.exception("The search index failed. It is made anew.")
        index.lost()
        return _by_database(filters, facets, page_size)
    _remembered.put(key, found)
    return found


def _by_index(searcher: Any, filters: Filters, facets: Sequence[str], page_size: int) -> Found:
    looked_for = vocabulary.terms(filters.text)
    better = spelling.corrected(looked_for, searcher)
    matching = queries.matching(better) if better else None
    found = _page(searcher, filters, matching, page_size)
    addresses = [address for _, address in found.hits]
    return Found(
        searcher.fast_field_values("pk", addresses),
        found.count,
        _counted(searcher, filters, matching, facets),
        searcher.fast_field_values("stamp", addresses),
        corrected="" if better == looked_for else " ".join(map(str, better)),
    )


def _page(searcher: Any, filters: Filters, matching: Any, page_size: int) -> Any:
    order = ORDERS.get(filters.order)
    return searcher.search(
        queries.narrowed(filters, matching),
        limit=page_size,
        offset=(filters.page - 1) * page_size,
        count=True,
        order_by_field=order,
        order=Order.Desc if order in (None, ORDERS["newest"]) else Order.Asc,
    )


def _counted(
    searcher: Any, filters: Filters, matching: Any, facets: Sequence[str]
) -> dict[str, dict[str, int]]:
    """A facet's own choice does not narrow its counts: they say what choosing more would add."""
    free = [facet for facet in facets if not filters.chosen(facet)]
    counted = _aggregated(searcher, queries.narrowed(filters, matching), free)
    for facet in facets:
        if facet in free:
            continue
        query = queries.narrowed(filters, matching, without=facet)
        counted[facet] = _aggregated(searcher, query, [facet], with_=filters.chosen(facet))[facet]
    return {
        facet: _shown(counted[facet], SHOWN.get(facet), filters.chosen(facet)) for facet in facets
    }


def _aggregated(
    searcher: Any, query: Any, facets: Sequence[str], *, with_: Collection[str] = ()
) -> dict[str, dict[str, int]]:
    """The values that are shown of each facet, and those of ``with_`` however rare they are."""
    if not facets:
        return {}
    wanted = {facet: {"terms": _terms(facet, searcher)} for facet in facets}
    chosen = {
        f"{facet} chosen": {"terms": {"field": facet, "size": len(with_), "include": [*with_]}}
        for facet in facets
        if with_ and facet in SHOWN
    }
    answer = searcher.aggregate(query, wanted | chosen)
    counts = {
        name: {bucket["key"]: int(bucket["doc_count"]) for bucket in answer[name]["buckets"]}
        for name in answer
    }
    return {facet: counts[facet] | counts.get(f"{facet} chosen", {}) for facet in facets}


def _terms(facet: str, searcher: Any) -> dict[str, Any]:
    if facet not in SHOWN:
        return {"field": facet, "size": MOST_VALUES}
    # Exact, though few are asked for: each of several parts hands on all the values it has.
    exactly = {"segment_size": ALL_VALUES} if searcher.num_segments > 1 else {}
    return {"field": facet, "size": SHOWN[facet]} | exactly


def _shown(counts: dict[str, int], most: int | None, chosen: frozenset[str]) -> dict[str, int]:
    """The most frequent first, and what is chosen in any case."""
    in_order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = in_order[:most]
    kept_values = {value for value, _ in kept}
    kept += [(value, counts.get(value, 0)) for value in sorted(chosen - kept_values)]
    return dict(kept)


def _by_database(filters: Filters, facets: Sequence[str], page_size: int) -> Found:
    day = timezone.localdate()
    courses = plain.narrowed(filters, day=day)
    first = (filters.page - 1) * page_size
    ids = plain.ordered(courses, filters, day=day).values_list("pk", flat=True)
    return Found(
        list(ids[first : first + page_size]),
        courses.count(),
        {
            facet: _shown(
                plain.counts(filters, facet, day=day), SHOWN.get(facet), filters.chosen(facet)
            )
            for facet in facets
        },
    )


_remembered: Lru[Found] = Lru(REMEMBERED)
"""The last answers. Their keys name the content of the index, so none is ever stale."""
