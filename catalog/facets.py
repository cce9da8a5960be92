"""The facets of a search as people read them: headings, names of values, links that undo them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog import languages
from catalog.models import Field, Participation, Skill
from catalog.search import FACETS, Filters, Found
from lib.lru import Lru

HEADINGS: Mapping[str, Any] = {
    "field": _("Field"),
    "skill": _("Skill"),
    "level": _("Level"),
    "language": _("Language"),
    "provider": _("Provider"),
    "format": _("Form"),
    "price": _("Price"),
    "start": _("Start"),
    "stackable": _("Stack"),
}
_NAMES: Mapping[str, Mapping[str, Any]] = {
    "field": dict(Field.choices),
    "format": dict(Participation.choices),
    "price": {
        "free": _("Free"),
        "under-100": _("Up to 100"),
        "under-500": _("100 to 500"),
        "more": _("More than 500"),
    },
    "start": {
        "now": _("At any time"),
        "month": _("Within 30 days"),
        "quarter": _("In one to three months"),
        "later": _("Later"),
    },
    "stackable": {"yes": _("Counts towards a track")},
}


@dataclass(frozen=True)
class Value:
    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    heading: str
    values: list[Value]

    @property
    def is_open(self) -> bool:
        return self.name in _OPEN or any(value.is_chosen for value in self.values)


_OPEN = frozenset({"field", "level", "price"})


@dataclass(frozen=True)
class Choice:
    """A filter that is set, and the address without it."""

    name: str
    url: str


def facets(filters: Filters, found: Found) -> list[Facet]:
    """In the order in which they are shown; those with nothing to choose are left out."""
    names = _names(found.facets, found.generation[0])
    shown = []
    for facet in FACETS:
        counts = found.facets.get(facet, {})
        values = [
            Value(value, names(facet, value), count, value in filters.chosen(facet))
            for value, count in counts.items()
        ]
        if values:
            shown.append(Facet(facet, str(HEADINGS[facet]), _in_order(facet, values)))
    return shown


def choices(filters: Filters, found: Found) -> list[Choice]:
    """What narrows the search, each to be taken away by itself."""
    names = _names(filters.values, found.generation[0])
    chosen = [
        Choice(names(facet, value), "?" + filters.without(facet, value).urlencode())
        for facet in FACETS
        for value in sorted(filters.chosen(facet))
    ]
    if filters.hours_from is not None or filters.hours_to is not None:
        anyhow = replace(filters, hours_from=None, hours_to=None, page=1)
        chosen.append(Choice(_hours(filters), "?" + anyhow.urlencode()))
    return chosen


def _hours(filters: Filters) -> str:
    if filters.hours_from is None:
        return str(_("Up to %(hours)s hours") % {"hours": filters.hours_to})
    if filters.hours_to is None:
        return str(_("%(hours)s hours or more") % {"hours": filters.hours_from})
    return str(
        _("%(least)s to %(most)s hours") % {"least": filters.hours_from, "most": filters.hours_to}
    )


def _in_order(facet: str, values: list[Value]) -> list[Value]:
    """Levels and classes as they rise; everything else as the counts fall."""
    if facet == "level":
        return sorted(values, key=lambda value: value.value)
    if facet in {"price", "start"}:
        order = list(_NAMES[facet])
        return sorted(values, key=lambda v: order.index(v.value) if v.value in order else 99)
    return values


def _names(facets: Mapping[str, Iterable[str]], index: str) -> Callable[[str, str], str]:
    """Says what a value is called. Names that the database has are read once for all values,
    and kept as long as the index: a new name makes a new index.
    """
    _read_names(
        index,
        "skill",
        [value for value in facets.get("skill", ()) if _is_uuid(value)],
        lambda values: Skill.objects.filter(public_id__in=values).values_list("public_id", "label"),
    )
    _read_names(
        index,
        "provider",
        list(facets.get("provider", ())),
        lambda values: Organization.objects.filter(slug__in=values).values_list("slug", "name"),
    )

    tongue = get_language()

    def name(facet: str, value: str) -> str:
        if facet in {"skill", "provider"}:
            return _known.get((index, facet, value)) or value
        return _translated(tongue, facet, value)

    return name


# A page has a hundred of them, and a translation takes ten times as long as this does.
@lru_cache(maxsize=10_000)
def _translated(tongue: str | None, facet: str, value: str) -> str:
    """``tongue`` is the language of now: names are remembered for each."""
    match facet:
        case "level":
            return str(_("EQF level %(level)s") % {"level": value})
        case "language":
            return languages.name_of(value)
        case _:
            return str(_NAMES[facet].get(value, value))


_known: Lru[str] = Lru(20_000)


def _read_names(
    index: str, facet: str, values: list[str], read: Callable[[list[str]], Any]
) -> None:
    unknown = [v for v in values if not index or _known.get((index, facet, v)) is None]
    if unknown:
        for value, name in read(unknown):
            _known.put((index, facet, str(value)), name)


def _is_uuid(value: str) -> bool:
    return len(value) == 36 and not set(value) - set("0123456789abcdef-")
