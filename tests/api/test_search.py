from __future__ import annotations

import pytest

from catalog.models import CourseRun, CourseSkill
from catalog.search import courses_changed
from catalog.search import index as indexes
from catalog.search.index import live
from tests.api.conftest import Caller, assert_problem
from tests.api.test_catalog import titles
from tests.api.test_schema import check, schema
from tests.factories import SkillFactory, published_course

__all__ = ["schema"]

SEARCH = "/api/v1/courses/search"


@pytest.fixture
def search_index(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(indexes, "LOOK_AGAIN", 0)
    settings.SEARCH_INDEX_DIR = tmp_path


def counts(answer, facet: str) -> dict[str, int]:
    for found in answer["facets"]:
        if found["name"] == facet:
            return {value["value"]: value["count"] for value in found["values"]}
    return {}


@pytest.mark.parametrize("indexed", [True, False])
def test_words_are_ranked_and_facets_counted(api: Caller, request, indexed):
    published_course(title="Reading balance sheets", field="finance")
    published_course(title="Sheets of ice", field="other", summary="Balance on them.")
    published_course(title="Nothing of that", field="data")
    if indexed:
        request.getfixturevalue("search_index")

    answer = api.json(SEARCH, q="balance sheets")

    assert titles(answer) == ["Reading balance sheets", "Sheets of ice"]
    assert (answer["total"], answer["page"], answer["pages"]) == (2, 1, 1)
    assert counts(answer, "field") == {"finance": 1, "other": 1}


def test_every_facet_is_a_parameter(api: Caller):
    course = published_course(title="Charts", eqf_level=5, participation="blended")

    answer = api.json(SEARCH, format="blended", provider=course.provider.slug, language="en")

    assert titles(answer) == ["Charts"]


def test_facets_narrow_and_say_what_else_could_be_chosen(api: Caller):
    published_course(title="Statements", field="finance", eqf_level=5)
    published_course(title="Charts", field="data", eqf_level=6)
    published_course(title="Tables", field="data", eqf_level=5)

    answer = api.json(SEARCH, field=["data"], level="5", sort="newest")

    assert titles(answer) == ["Tables"]
    assert counts(answer, "field") == {"finance": 1, "data": 1}
    (field,) = (facet for facet in answer["facets"] if facet["name"] == "field")
    assert {value["value"]: value["chosen"] for value in field["values"]} == {
        "data": True,
        "finance": False,
    }


def test_a_result_is_what_the_schema_says(api: Caller, schema):
    course = published_course(title="Charts", quiz=True, eqf_level=5)
    CourseSkill.objects.create(course=course, skill=SkillFactory(label="draw"))
    CourseRun.objects.update(price=0)

    answer = api.json(SEARCH, q="charts")

    check(schema, "search_courses", answer)
    (hit,) = answer["results"]
    assert hit["url"].endswith(course.get_absolute_url())
    assert [skill["label"] for skill in hit["skills"]] == ["draw"]
    assert counts(answer, "price") == {"free": 1}


@pytest.mark.usefixtures("search_index")
def test_what_is_kept_is_made_again_after_an_edit(api: Caller, django_assert_max_num_queries):
    course = published_course(title="Charts")
    live().build()
    assert titles(api.json(SEARCH, q="charts")) == ["Charts"]
    with django_assert_max_num_queries(2):  # the token, and what has changed in the catalog
        api.json(SEARCH, q="charts")

    course.title = "Charts and tables"
    course.save()
    courses_changed([course.pk])

    assert titles(api.json(SEARCH, q="charts")) == ["Charts and tables"]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ({"fields": "data"}, "fields", "There is no such parameter here. Use field, format"),
        ({"field": "history"}, "field", "Use one or more of ai, cloud, data"),
        ({"level": ["5", "9"]}, "level", "Use one or more of 1, 2, 3"),
        ({"hours_to": "ten"}, "hours_to", "Send a whole number up to 10000."),
        ({"hours_from": "-1"}, "hours_from", "Send a whole number up to 10000."),
        ({"page": "501"}, "page", "Send 500 at most."),
        ({"sort": "price"}, "sort", "Use one of relevance, hours, start, newest."),
        ({"q": "a" * 300}, "q", "characters at most."),
    ],
)
def test_what_is_not_understood_is_refused(api: Caller, query, name, words):
    problem = assert_problem(api.get(SEARCH, **query), 400)

    assert words in str(problem["errors"])
    assert name in str(problem["errors"])
