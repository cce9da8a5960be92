"""What a visitor asks the catalog for: words, filters, an order and a page. Each is an address."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.http import QueryDict
from django.utils.text import Truncator

from catalog.models import Field, Participation
from catalog.search.analysis import MAX_CHARACTERS
from lib.text import clean_text

MAX_VALUES = 20
MAX_VALUE_LENGTH = 120
MAX_HOURS = 10_000
PAGE_SIZE = 20
MAX_PAGE = 500
"""Nobody reads ten thousand results: who wants all of them copies the catalog by the API."""

FACETS: Final = (
    "field",
    "skill",
    "level",
    "language",
    "provider",
    "format",
    "price",
    "start",
    "stackable",
)
SORTS: Final = ("relevance", "hours", "start", "newest")

PRICES: Final[dict[str, tuple[int, int | None]]] = {
    "free": (0, 0),
    "under-100": (0, 100),
    "under-500": (100, 500),
    "more": (500, None),
}
"""Amounts in the currency of the run: more than the first, up to the second."""
STARTS: Final[dict[str, int | None]] = {"now": 0, "month": 30, "quarter": 91, "later": None}
"""Days from today up to which a run starts; each class begins where the one before it ends."""


KNOWN: Final[dict[str, set[str]]] = {
    "field": set(Field.values),
    "level": set("12345678"),
    "format": set(Participation.values),
    "price": set(PRICES),
    "start": set(STARTS),
    "stackable": {"yes"},
}
"""Values of the facets that have few; of the others any value may exist."""


@dataclass(frozen=True)
class Filters:
    """Values of one facet widen the result, those of different facets narrow it."""

    text: str = ""
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hours_from: int | None = None
    hours_to: int | None = None
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """What is not understood is left out, not refused: a link that somebody mistyped works."""
        values = {}
        for facet in FACETS:
            given = {_clean(value, MAX_VALUE_LENGTH) for value in query.getlist(facet)[:MAX_VALUES]}
            if chosen := frozenset(given & KNOWN.get(facet, given) - {""}):
                values[facet] = chosen
        sort = query.get("sort", "")
        return cls(
            text=_clean(query.get("q", ""), MAX_CHARACTERS),
            values=values,
            hours_from=_whole(query.get("hours_from", ""), MAX_HOURS),
            hours_to=_whole(query.get("hours_to", ""), MAX_HOURS),
            sort=sort if sort in SORTS else "",
            page=_whole(query.get("page", ""), MAX_PAGE) or 1,
        )

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.narrows

    @property
    def narrows(self) -> bool:
        return bool(self.values) or self.hours_from is not None or self.hours_to is not None

    @property
    def order(self) -> str:
        """Without words nothing is more relevant than anything else: the newest come first."""
        if self.sort and (self.sort != "relevance" or self.text):
            return self.sort
        return "relevance" if self.text else "newest"

    @property
    def key(self) -> Hashable:
        """The same for the same wish."""
        values = tuple((facet, self.values[facet]) for facet in FACETS if facet in self.values)
        return (self.text, values, self.hours_from, self.hours_to, self.sort, self.page)

    def chosen(self, facet: str) -> frozenset[str]:
        return self.values.get(facet, frozenset())

    def without(self, facet: str, value: str | None = None) -> Filters:
        left = self.chosen(facet) - {value} if value is not None else frozenset()
        others = {name: chosen for name, chosen in self.values.items() if name != facet}
        return replace(self, values={**others, facet: left} if left else others, page=1)

    def on_page(self, page: int) -> Filters:
        return replace(self, page=page)

    def urlencode(self) -> str:
        """The query string that ``read`` makes this of again, in one order whatever was given."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for facet in FACETS:
            if chosen := self.chosen(facet):
                query.setlist(facet, sorted(chosen))
        for name in ("hours_from", "hours_to"):
            if (hours := getattr(self, name)) is not None:
                query[name] = str(hours)
        if self.sort:
            query["sort"] = self.sort
        if self.page > 1:
            query["page"] = str(self.page)
        return query.urlencode()


def price_class(amount: float) -> str:
    return next(name for name, (_, most) in PRICES.items() if most is None or amount <= most)


def start_class(days: int) -> str:
    return next(name for name, most in STARTS.items() if most is None or days <= most)


def _clean(value: str, most: int) -> str:
    try:
        return Truncator(clean_text(value)).chars(most, truncate="").strip()
    except ValueError:
        return ""


def _whole(value: str, most: int) -> int | None:
    # isdecimal() alone takes the digits of all scripts, as int() does.
    return min(int(value), most) if value.isdecimal() and len(value) < 10 else None
