"""What tells two versions apart, entry by entry."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog import rules, versions
from catalog.versions import INDENT, Said
from tests.factories import SkillFactory, leaf, published_course

pytestmark = pytest.mark.django_db

COLUMNS = {
    "name": "Track",
    "description": "A track.",
    "criteria": "",
    "language": "en",
    "workload_minutes": 60,
    "ects": None,
    "eqf_level": None,
    "valid_months": None,
    "renewal": "whole",
}


@pytest.fixture
def courses():
    return [published_course(title=title) for title in "ABCD"]


def said(tree, skills=None, **columns):
    return Said(COLUMNS | columns, tree, skills or {})


def lines(old, new, title="What has to be done"):
    """The lines of one part, with their signs."""
    found = {change.title: change.lines for change in versions.changes(old, new)}
    return [f"{line.sign}{line.text}".replace(INDENT, "  ") for line in found.get(title, [])]


def test_the_same_says_nothing(courses):
    tree = rules.all_of(*map(leaf, courses))

    assert versions.changes(said(tree), said(tree)) == []


def test_an_entry_is_added_and_another_goes(courses):
    a, b, c, _ = map(leaf, courses)

    assert lines(said(rules.all_of(a, b)), said(rules.all_of(a, c))) == [
        " all of these",
        "   A",
        "+  C",
        "-  B",
    ]


def test_the_order_alone_says_nothing(courses):
    a, b, *_ = map(leaf, courses)

    assert versions.changes(said(rules.all_of(a, b)), said(rules.all_of(b, a))) == []


def test_a_limit_that_changes_is_said_at_its_entry(courses):
    a, b, *_ = map(leaf, courses)
    limited = rules.CourseLeaf(courses[0].pk, min_grade=Decimal(80))

    assert lines(said(rules.all_of(a, b)), said(rules.all_of(limited, b))) == [
        " all of these",
        "-  A",
        "+  A with at least 80 %",
        "   B",
    ]


def test_a_group_that_asks_for_more_is_said_at_the_group(courses):
    a, b, c, d = map(leaf, courses)
    old = rules.all_of(a, rules.at_least(1, b, c))
    new = rules.all_of(a, rules.at_least(2, b, c, d))

    assert lines(said(old), said(new)) == [
        " all of these",
        "   A",
        "-  at least 1 of these",
        "+  at least 2 of these",
        "     B",
        "     C",
        "+    D",
    ]


def test_groups_are_compared_with_those_they_share_most_with(courses):
    a, b, c, d = map(leaf, courses)
    old = rules.all_of(rules.any_of(a, b), rules.any_of(c, d))
    new = rules.all_of(rules.any_of(c, d, b), rules.any_of(a))

    found = lines(said(old), said(new))

    assert [line for line in found if line[0] != " "] == ["+    B", "-    B"]


def test_a_leaf_that_becomes_a_group_is_said_whole(courses):
    a, b, *_ = map(leaf, courses)

    assert lines(said(a), said(rules.any_of(a, b))) == [
        "-A",
        "+any one of these",
        "+  A",
        "+  B",
    ]


def test_counting_once_is_said(courses):
    a, b, *_ = map(leaf, courses)
    old, new = rules.all_of(a, b), rules.all_of(a, b, counts_once=True)

    assert lines(said(old), said(new))[:2] == [
        "-all of these",
        "+all of these; each course counts once",
    ]


def test_the_term_the_credits_and_the_skills_are_said(courses):
    skill, other = SkillFactory(label="read maps"), SkillFactory(label="draw maps")
    tree = leaf(courses[0])
    old = said(tree, {skill.pk: ""})
    new = said(
        tree,
        {skill.pk: "advanced", other.pk: ""},
        valid_months=24,
        renewal="delta",
        ects=Decimal("2.50"),
    )

    term = lines(old, new, "How long it is valid")
    assert term[0] == "-for ever"
    assert term[1].startswith("+24 months; renewed by:")
    assert lines(old, new, "ECTS credits") == ["+2.5"]
    assert lines(old, new, "Skills that it proves") == [
        "-read maps",
        "+draw maps",
        "+read maps (Advanced)",
    ]
