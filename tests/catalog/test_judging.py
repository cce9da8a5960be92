"""The meaning of rules, without a database."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.judging import Evidence, Fact, judge, months_before
from catalog.rules import AchievementLeaf, CourseLeaf, Group, all_of, any_of, at_least

NOW = datetime.datetime(2026, 3, 31, 9, 0, tzinfo=datetime.UTC)
A, B, C = CourseLeaf(1), CourseLeaf(2), CourseLeaf(3)


def done(*course_ids, minutes=60):
    return Evidence(completions={pk: [Fact(pk * 10, NOW, minutes=minutes)] for pk in course_ids})


def is_met(rule, evidence):
    return judge(rule, evidence, at=NOW) is not None


@pytest.mark.parametrize(
    ("rule", "courses", "met"),
    [
        (all_of(A, B), [1, 2], True),
        (all_of(A, B), [1], False),
        (any_of(A, B), [2], True),
        (any_of(A, B), [3], False),
        (at_least(2, A, B, C), [1, 3], True),
        (at_least(2, A, B, C), [3], False),
        (all_of(A, any_of(B, C)), [1, 3], True),
        (all_of(A, any_of(B, C)), [2, 3], False),
    ],
)
def test_operators_mean_what_they_say(rule, courses, met):
    assert is_met(rule, done(*courses)) is met


@pytest.mark.parametrize("operator", ["all", "any", "at_least", "credits", "imaginary"])
def test_an_empty_group_is_never_met(operator):
    assert not is_met(Group(operator, (), 1), done(1, 2, 3))


@pytest.mark.parametrize("n", [None, 0])
@pytest.mark.parametrize("operator", ["at_least", "credits"])
def test_a_counting_group_without_a_number_is_never_met(operator, n):
    assert not is_met(Group(operator, (A, B), n), done(1, 2))


@pytest.mark.parametrize(("minutes", "met"), [(120, True), (121, False)])
def test_credits_add_up_minutes(minutes, met):
    assert is_met(Group("credits", (A, B), minutes), done(1, 2)) is met


def test_credits_count_one_completion_once():
    assert not is_met(Group("credits", (A, any_of(A, B)), 120), done(1))


@pytest.mark.parametrize(
    ("grade", "met"), [(None, False), (Decimal("69.99"), False), (Decimal(70), True)]
)
def test_a_minimum_grade_is_a_minimum(grade, met):
    leaf = CourseLeaf(1, min_grade=Decimal(70))

    assert is_met(leaf, Evidence(completions={1: [Fact(1, NOW, grade)]})) is met


def test_an_older_better_completion_meets_a_minimum_grade():
    facts = [Fact(2, NOW, Decimal(50)), Fact(1, NOW, Decimal(90))]

    support = judge(CourseLeaf(1, min_grade=Decimal(70)), Evidence(completions={1: facts}), at=NOW)

    assert {fact.pk for fact in support.facts} == {1}


def test_a_maximum_age_counts_months_by_the_calendar():
    leaf = CourseLeaf(1, max_age_months=1)
    end_of_february = NOW.replace(month=2, day=28)

    assert is_met(leaf, Evidence(completions={1: [Fact(1, end_of_february)]}))
    assert not is_met(
        leaf, Evidence(completions={1: [Fact(1, end_of_february - datetime.timedelta(seconds=1))]})
    )


def test_a_leap_day_has_a_day_a_year_before():
    assert months_before(NOW.replace(year=2024, month=2, day=29), 12).date() == datetime.date(
        2023, 2, 28
    )


def test_an_award_is_evidence():
    evidence = Evidence(awards={7: [Fact(70, NOW)]})

    assert is_met(AchievementLeaf(7), evidence)
    assert not is_met(CourseLeaf(7), evidence)


nodes = st.recursive(
    st.builds(CourseLeaf, st.integers(1, 6)),
    lambda children: st.builds(
        Group,
        st.sampled_from(["all", "any", "at_least"]),
        st.lists(children, max_size=4).map(tuple),
        st.integers(0, 4),
    ),
    max_leaves=12,
)


def holds(node, courses):
    """The same meaning, said another way: count, and compare."""
    if isinstance(node, CourseLeaf):
        return node.course_id in courses
    met = sum(holds(child, courses) for child in node.children)
    needed = {"all": len(node.children), "any": 1, "at_least": node.n}[node.operator]
    return bool(node.children) and needed > 0 and met >= needed


@given(nodes, st.sets(st.integers(1, 6)))
def test_every_rule_means_what_counting_says(node, courses):
    assert is_met(node, done(*courses)) == holds(node, courses)


@given(nodes, st.sets(st.integers(1, 6)))
def test_what_a_rule_rests_on_is_enough_to_meet_it(node, courses):
    support = judge(node, done(*courses), at=NOW)
    if support is not None:
        assert is_met(node, done(*(fact.pk // 10 for fact in support.facts)))
