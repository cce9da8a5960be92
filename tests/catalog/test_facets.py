"""Counts of facets: the index and the database are asked the same, and must say the same."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import pytest
from django.http import QueryDict
from django.utils import timezone

from catalog.models import Course, CourseSkill
from catalog.search import FACETS, Filters, find
from catalog.search.filters import PRICES, SORTS, STARTS
from catalog.search.index import live
from tests.factories import (
    CourseRunFactory,
    OrganizationFactory,
    SkillFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db

COURSES = 40


@pytest.fixture
def catalog(settings, tmp_path):
    """Courses of every kind that a facet tells apart, mixed by a fixed seed."""
    settings.SEARCH_INDEX_DIR = tmp_path
    mix = random.Random(7)
    today = timezone.localdate()
    providers = [OrganizationFactory(slug=f"org-{n}") for n in range(4)]
    skills = [SkillFactory() for _ in range(6)]
    for number in range(COURSES):
        course = published_course(
            title=mix.choice(["Reading rocks", "Rocks and rivers", "Rivers"]),
            provider=mix.choice(providers),
        )
        Course.objects.filter(pk=course.pk).update(
            field=mix.choice(["ai", "data", "cloud"]),
            language=mix.choice(["en", "de", "zh-Hant"]),
            eqf_level=mix.choice([None, 4, 5]),
            participation=mix.choice(["", "blended", "in_person"]),
            published_at=timezone.now() - datetime.timedelta(days=number),
        )
        course.units.update(minutes=mix.choice([30, 60, 600, 1500]))
        for skill in mix.sample(skills, mix.randrange(3)):
            CourseSkill.objects.get_or_create(course=course, skill=skill)
        course.runs.all().delete()
        for _ in range(mix.randrange(3)):
            days = mix.choice([None, -5, 0, 30, 31, 91, 92, 300])
            starts_on = None if days is None else today + datetime.timedelta(days=days)
            price = mix.choice([None, 0, 100, "100.01", 500, 501])
            CourseRunFactory(
                course=course,
                is_self_paced=days is None,
                starts_on=starts_on,
                enrollment_closes_on=mix.choice([None, today - datetime.timedelta(days=1), today]),
                price=price,
                currency="EUR" if price else "",
            )
    published_track(*Course.objects.all()[:5])
    live().build()


def values_of(facet: str) -> list[str]:
    return {
        "field": ["ai", "data", "security"],
        "skill": [str(s) for s in CourseSkill.objects.values_list("skill__public_id", flat=True)],
        "level": ["4", "5", "8", "x"],
        "language": ["en", "zh-Hant"],
        "provider": ["org-0", "org-3", "nobody"],
        "format": ["blended", "in_person"],
        "price": [*PRICES, "cheap"],
        "start": [*STARTS, "soon"],
        "stackable": ["yes", "no"],
    }[facet]


def some_filters(mix: random.Random) -> Filters:
    chosen = {}
    for facet in FACETS:
        if mix.random() < 0.25:
            known = values_of(facet)
            chosen[facet] = frozenset(mix.sample(known, min(len(known), mix.choice([1, 1, 2]))))
    return Filters(
        text=mix.choice(["", "", "rocks", "reading rivers", "riv"]),
        values=chosen,
        hours_from=mix.choice([None, None, 1, 10]),
        hours_to=mix.choice([None, None, 1, 10, 25]),
        sort=mix.choice(["", *SORTS]),
    )


def test_every_combination_counts_the_same_by_both_ways(catalog, settings):
    mix = random.Random(11)
    combinations = [some_filters(mix) for _ in range(60)]
    by_index = [find(f, facets=FACETS, page_size=COURSES) for f in combinations]
    settings.SEARCH_INDEX_DIR = None
    by_database = [find(f, facets=FACETS, page_size=COURSES) for f in combinations]

    for filters, one, other in zip(combinations, by_index, by_database, strict=True):
        assert (one.total, one.facets) == (other.total, other.facets), filters
        assert set(one.ids) == set(other.ids), filters
        if filters.order != "relevance":
            assert list(one.ids) == list(other.ids), filters
    assert sum(found.total > 0 for found in by_index) > 20, "the filters are too narrow to tell"


def test_a_facet_counts_as_if_it_were_not_chosen(catalog):
    everything = find(Filters(), facets=FACETS)
    data = find(Filters(values={"field": frozenset(["data"])}), facets=FACETS)

    assert data.facets["field"] == everything.facets["field"]
    assert data.total == everything.facets["field"]["data"] < everything.total
    assert sum(data.facets["language"].values()) == data.total


def test_what_is_chosen_is_shown_though_nothing_has_it(catalog):
    found = find(Filters(values={"provider": frozenset(["nobody"])}), facets=["provider"])

    assert found.total == 0
    assert found.facets["provider"]["nobody"] == 0


def test_pages_follow_one_another_without_gap_or_repeat(catalog):
    for sort in ("hours", "start", "newest"):
        filters = Filters(sort=sort)
        pages = [find(replace(filters, page=n), page_size=7).ids for n in range(1, 8)]

        assert sorted(pk for page in pages for pk in page) == sorted(
            Course.objects.values_list("pk", flat=True)
        )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=rocks&field=ai&field=data&level=5&hours_from=1&hours_to=20&sort=hours&page=3",
        "provider=org-1&price=free&start=now&stackable=yes",
    ],
)
def test_an_address_is_the_state_of_the_search(query):
    assert Filters.read(QueryDict(query)).urlencode() == query


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "hours_to=-3",
        "hours_to=٣٣٣٣٣٣٣٣٣٣",
        "sort=sideways",
        "q=%09",
        "field=alchemy",
        "level=9",
        "start=yesterday",
    ],
)
def test_what_is_not_understood_is_left_out(query):
    assert Filters.read(QueryDict(query)) == Filters()
