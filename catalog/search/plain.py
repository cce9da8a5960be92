"""The same questions, asked of the database alone: slower, and right without an index.

It answers while an index is being made, and the tests hold the index to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Greatest

from catalog.models import (
    AchievementVersion,
    Course,
    CourseRun,
    CourseSkill,
    CourseTranslation,
    RuleNode,
)
from catalog.models.courses import CourseQuerySet
from catalog.search import vocabulary
from catalog.search.filters import FACETS, PRICES, STARTS, Filters
from catalog.search.sql_words import by_words


def narrowed(filters: Filters, *, day: datetime.date, without: str = "") -> CourseQuerySet:
    """The published courses that fit; with ``without``, whatever that facet says of them."""
    found = Course.objects.published()
    for facet, chosen in filters.values.items():
        if facet != without:
            found = found.filter(any_of(facet, chosen, day=day))
    if filters.hours_from is not None or filters.hours_to is not None:
        least = 0 if filters.hours_from is None else filters.hours_from * 60
        most = 10**9 if filters.hours_to is None else filters.hours_to * 60
        timed: Any = found.with_workload()
        found = timed.filter(minutes__range=(least, most))
    if filters.text:
        found = by_words(found, vocabulary.all_words(filters.text))
    return found


def ordered(courses: Any, filters: Filters, *, day: datetime.date) -> Any:
    match filters.order:
        case "hours":
            return courses.with_workload().order_by("minutes", "pk")
        case "start":
            open_runs = Q(runs__in=CourseRun.objects.open_on(day))
            starts = Min(Greatest(Coalesce("runs__starts_on", day), day), filter=open_runs)
            return courses.annotate(starts=starts).order_by(
                OrderBy(F("starts"), nulls_last=True), "pk"
            )
        case "relevance":
            return courses.order_by("-score", "title", "pk")
        case _:
            return courses.order_by("-published_at", "-pk")


def counts(filters: Filters, facet: str, *, day: datetime.date) -> dict[str, int]:
    """How many courses each value of the facet has among those that the other filters leave."""
    courses = narrowed(filters, day=day, without=facet)
    if facet in _CLASSES:
        sizes = {
            value: courses.filter(any_of(facet, [value], day=day)).count()
            for value in _CLASSES[facet]
        }
        return {value: size for value, size in sizes.items() if size}
    rows: Any
    if facet == "skill":
        rows = (
            CourseSkill.objects.filter(course__in=courses.values("pk"))
            .values_list("skill__public_id")
            .annotate(n=Count("pk"))
        )
    else:
        # In a query of its own: by itself, the sum of the units' minutes would join the groups.
        rows = (
            Course.objects.filter(pk__in=courses.values("pk"))
            .order_by()
            .values_list(_COLUMNS[facet])
            .annotate(n=Count("pk"))
        )
    found = {str(value): size for value, size in rows if value not in (None, "")}
    if facet == "language":
        others = CourseTranslation.objects.filter(course__in=courses.values("pk"))
        for value, size in others.order_by().values_list("language").annotate(n=Count("pk")):
            found[value] = found.get(value, 0) + size
    return found


def any_of(facet: str, values: Iterable[str], *, day: datetime.date) -> Q:
    """The courses that have one of the values."""
    return _CONDITIONS[facet](list(values), day)


_COLUMNS = {
    "field": "field",
    "level": "eqf_level",
    "language": "language",
    "provider": "provider__slug",
    "format": "participation",
}
_CLASSES: dict[str, Iterable[str]] = {"price": PRICES, "start": STARTS, "stackable": ("yes",)}


def _column(name: str) -> Callable[[list[str], datetime.date], Q]:
    return lambda values, day: Q(**{f"{name}__in": values})


def _levels(values: list[str], day: datetime.date) -> Q:
    return Q(eqf_level__in=[int(value) for value in values if value in set("12345678")])


def _languages(values: list[str], day: datetime.date) -> Q:
    others = CourseTranslation.objects.filter(course=OuterRef("pk"), language__in=values)
    return Q(language__in=values) | Q(Exists(others))


def _skills(values: list[str], day: datetime.date) -> Q:
    # Compared as text: what is no UUID is nobody's.
    known = [value for value in values if len(value) == 36 and not set(value) - _UUID_LETTERS]
    return Q(Exists(CourseSkill.objects.filter(course=OuterRef("pk"), skill__public_id__in=known)))


_UUID_LETTERS = set("0123456789abcdef-")


def _offered(condition: Q, day: datetime.date) -> Q:
    runs = CourseRun.objects.open_on(day).filter(condition, course=OuterRef("pk"))
    return Q(Exists(runs))


def _prices(values: list[str], day: datetime.date) -> Q:
    fits = Q(pk__in=[])
    for value in values:
        if value == "free":
            fits |= Q(price=0)
        elif value in PRICES:
            more_than, up_to = PRICES[value]
            fits |= Q(price__gt=more_than) & (Q() if up_to is None else Q(price__lte=up_to))
    return _offered(fits, day)


def _starts(values: list[str], day: datetime.date) -> Q:
    fits, least = Q(pk__in=[]), 0
    for name, most in STARTS.items():
        last = None if most is None else day + datetime.timedelta(days=most)
        if name in values and name == "now":
            fits |= Q(is_self_paced=True) | Q(starts_on=None) | Q(starts_on__lte=day)
        elif name in values:
            fits |= Q(is_self_paced=False, starts_on__gt=day + datetime.timedelta(days=least)) & (
                Q() if last is None else Q(starts_on__lte=last)
            )
        least = most if most is not None else least
    return _offered(fits, day)


def _stackable(values: list[str], day: datetime.date) -> Q:
    if "yes" not in values:
        return Q(pk__in=[])
    nodes = RuleNode.objects.filter(
        version__in=AchievementVersion.objects.current(),
        version__achievement__track__status="published",
    )
    return Q(Exists(nodes.filter(course=OuterRef("pk")))) | Q(
        Exists(nodes.filter(achievement__course=OuterRef("pk")))
    )


_CONDITIONS: dict[str, Callable[[list[str], datetime.date], Q]] = {
    **{facet: _column(name) for facet, name in _COLUMNS.items()},
    "level": _levels,
    "language": _languages,
    "skill": _skills,
    "price": _prices,
    "start": _starts,
    "stackable": _stackable,
}
assert set(_CONDITIONS) == set(FACETS)
