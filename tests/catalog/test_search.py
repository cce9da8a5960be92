from __future__ import annotations

import pytest

from catalog.models import Course, CourseSkill
from catalog.search import Filters, find
from catalog.search.analysis import words
from catalog.search.index import live
from tests.factories import CourseFactory, SkillFactory, published_course

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["index", "database"])
def way(request, settings, tmp_path) -> str:
    """What is found must not depend on whether the index is there at the moment."""
    settings.SEARCH_INDEX_DIR = tmp_path if request.param == "index" else None
    return request.param


def titles(text: str = "", **values: str) -> list[str]:
    if index := live():
        index.build()
    chosen = {facet: frozenset([value]) for facet, value in values.items()}
    found = find(Filters(text=text, values=chosen))
    courses = Course.objects.in_bulk(found.ids)
    assert found.total == len(found.ids)
    return [courses[pk].title for pk in found.ids]


def test_without_words_all_published_courses_come_the_newest_first(way):
    published_course(title="Older")
    published_course(title="Newer")
    CourseFactory(title="Draft")

    assert titles() == ["Newer", "Older"]


def test_one_word_of_several_is_enough_and_all_of_them_come_first(way):
    published_course(title="Python for analysts", summary="")
    published_course(title="Statistics", summary="With python, for databases.")

    assert titles(text="python databases") == ["Statistics", "Python for analysts"]


def test_a_title_counts_more_than_a_description(way):
    published_course(title="Spreadsheets", description="Almost like SQL.")
    published_course(title="SQL basics")

    assert titles(text="sql") == ["SQL basics", "Spreadsheets"]


def test_a_skill_is_found_by_its_label(way):
    course = published_course(title="Numbers")
    CourseSkill.objects.create(course=course, skill=SkillFactory(label="data mining"))

    assert titles(text="mining") == ["Numbers"]


def test_a_word_is_found_from_its_beginning_only(way):
    published_course(title="Maintaining roads")
    published_course(title="AI in brief")

    assert titles(text="ai") == ["AI in brief"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Économie circulaire", "economie"),
        ("Economie", "ÉCONOMIE"),
        ("机器学习入门", "学习"),
        ("データ分析の基礎", "分析"),
        ("हिन्दी में डेटा", "डेटा"),
        ("C# and .NET", "c#"),
        ("C# and .NET", ".net"),
        ("Ein Überblick", "uberblick"),
        ("Ελληνική γλώσσα", "ΓΛΩΣΣΑ"),
    ],
)
def test_scripts_accents_and_signs_are_understood(way, title: str, text: str):
    published_course(title=title, summary="")

    assert titles(text=text) == [title]


@pytest.mark.parametrize("text", ["%", "_", "\\", "(", "[", "'", "🙂", "..", "*", "$^"])
def test_signs_alone_find_nothing_and_break_nothing(way, text: str):
    published_course(title="Anything")

    assert titles(text=text) == []


def test_filters_narrow_what_is_found(way):
    published_course(title="Deutsch", language="de", field="data")
    published_course(title="English", language="en", field="data")
    published_course(title="Other", language="de", field="cloud")

    assert titles(field="data", language="de") == ["Deutsch"]


def test_small_words_count_only_when_there_are_no_others():
    assert (words("introduction to the data"), words("to the")) == (
        ["introduction", "data"],
        ["to", "the"],
    )
