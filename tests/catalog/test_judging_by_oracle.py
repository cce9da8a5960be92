"""Thousands of random rules and histories: the judge says what the oracle says."""

from __future__ import annotations

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.judging import Evidence, Fact, judge, support
from catalog.rules import AchievementLeaf, CourseLeaf, Group, SkillLeaf
from tests.rules_oracle import satisfied
from tests.tries import tries

NOW = datetime.datetime(2026, 3, 31, 9, 0, tzinfo=datetime.UTC)
IDS = st.integers(1, 4)
GRADES = st.sampled_from([None, Decimal(60), Decimal("79.99"), Decimal(80)])

limits = {
    "min_grade": st.none() | st.just(Decimal(80)),
    "max_age_months": st.none() | st.sampled_from([1, 24]),
    "issuer_id": st.none() | st.integers(1, 2),
    "allows_prior_learning": st.booleans(),
}
plain = st.builds(CourseLeaf, IDS)
leaves = (
    plain
    | st.builds(CourseLeaf, IDS, **limits)
    | st.builds(AchievementLeaf, IDS, **limits)
    | st.builds(SkillLeaf, IDS, st.integers(0, 2), **limits)
)


def groups(children):
    some = st.lists(children, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Group, st.sampled_from(["all", "any"]), some),
        st.builds(Group, st.just("at_least"), some, st.none() | st.integers(0, 3)),
        st.builds(Group, st.sampled_from(["credits", "ects"]), some, st.integers(0, 200)),
        st.builds(Group, st.just("imaginary"), some),
    )


trees = st.recursive(leaves, groups, max_leaves=8)
once = trees.filter(lambda tree: isinstance(tree, Group)).map(
    lambda tree: Group(tree.operator, tree.children, tree.n, counts_once=True)
)

facts = st.builds(
    Fact,
    pk=st.integers(1, 6),
    at=st.sampled_from(
        [NOW - datetime.timedelta(days=days) for days in (0, 30, 31, 32, 730, 731, 3000)]
    ),
    grade=GRADES,
    minutes=st.sampled_from([0, 30, 60, 100]),
    ects=st.sampled_from([0, 50, 100]),
    kind=st.sampled_from(["completion", "award", "recognition"]),
    issuer_id=st.none() | st.integers(1, 2),
    until=st.none() | st.sampled_from([NOW, NOW + datetime.timedelta(days=1)]),
    level=st.integers(0, 2),
    item=st.none() | st.tuples(st.just("course"), IDS),
)
newest_first = st.lists(facts, min_size=1, max_size=2).map(
    lambda found: sorted(found, key=lambda fact: fact.at, reverse=True)
)
filed = st.dictionaries(IDS, newest_first, max_size=4)
evidence = st.builds(Evidence, filed, filed, filed)


@tries(500)
@given(trees, evidence)
def test_every_rule_means_what_the_oracle_says(tree, evidence):
    assert (judge(tree, evidence, at=NOW) is not None) == satisfied(tree, evidence, NOW)


@tries(200)
@given(once, evidence)
def test_where_things_count_once_a_way_is_found_if_there_is_one(tree, evidence):
    assert (judge(tree, evidence, at=NOW) is not None) == satisfied(tree, evidence, NOW)


@tries(300)
@given(trees | once, evidence, st.sampled_from([NOW - datetime.timedelta(days=d) for d in (1, 31)]))
def test_something_new_counts_or_it_does_not_as_the_oracle_says(tree, evidence, since):
    found = judge(tree, evidence, at=NOW, since=since)

    assert (found is not None) == satisfied(tree, evidence, NOW, since)
    assert found is None or any(fact.at > since for fact in found.facts)


@tries(200)
@given(trees | once, evidence)
def test_what_a_rule_rests_on_satisfies_it_alone(tree, evidence):
    found = judge(tree, evidence, at=NOW)

    if found is not None:
        assert support(tree, found.leaves) is not None


def test_the_first_that_fits_is_not_taken_where_it_is_needed_elsewhere():
    """The branch that could have either course must leave the one that the other needs."""
    shared, own = CourseLeaf(1), CourseLeaf(2)
    tree = Group("all", (Group("any", (shared, own)), Group("all", (shared,))), counts_once=True)
    held = Evidence({1: [Fact(1, NOW)], 2: [Fact(2, NOW)]})

    found = judge(tree, held, at=NOW)

    assert {number: fact.pk for number, fact in found.leaves.items()} == {3: 2, 5: 1}


def test_one_course_does_not_serve_two_branches_that_count_once():
    tree = Group("all", (CourseLeaf(1), CourseLeaf(1)), counts_once=True)

    assert judge(tree, Evidence({1: [Fact(1, NOW)]}), at=NOW) is None


def test_many_branches_over_the_same_courses_are_matched_at_once():
    """Two branches ask for 10 of the same 20; with 19 of them there is no way, and no search."""
    courses = tuple(CourseLeaf(number) for number in range(20))
    branch = Group("at_least", courses, 10)
    tree = Group("all", (branch, branch), counts_once=True)
    held = {number: [Fact(number, NOW)] for number in range(19)}

    assert judge(tree, Evidence(held), at=NOW) is None
    assert judge(tree, Evidence({**held, 19: [Fact(19, NOW)]}), at=NOW) is not None


def test_where_things_count_once_not_the_newest_but_the_fact_that_helps_is_taken():
    tree = Group("credits", (AchievementLeaf(1),), 60, counts_once=True)
    newest = Fact(2, NOW, minutes=30, kind="award")
    before = Fact(1, NOW - datetime.timedelta(days=30), minutes=60, kind="award")

    found = judge(tree, Evidence(awards={1: [newest, before]}), at=NOW)

    assert found.facts == [before]


def test_in_a_sum_the_newest_fact_does_not_stand_in_the_way_of_one_that_is_worth_more():
    tree = Group("credits", (CourseLeaf(1), CourseLeaf(2)), 90)
    short = Fact(2, NOW, minutes=30, item=("course", 3))
    long = Fact(1, NOW - datetime.timedelta(days=30), minutes=60, item=("course", 1))
    other = Fact(4, NOW, minutes=30, item=("course", 2))

    found = judge(tree, Evidence({1: [short, long], 2: [other]}), at=NOW)

    assert found.facts == [long, other]


def test_in_a_sum_two_things_that_count_as_one_course_each_have_a_leaf():
    tree = Group("credits", (CourseLeaf(1), CourseLeaf(2)), 40)
    newest = Fact(2, NOW, minutes=20, item=("course", 2))
    before = Fact(1, NOW - datetime.timedelta(days=1), minutes=20, item=("course", 1))

    found = judge(tree, Evidence({1: [newest, before], 2: [newest]}), at=NOW)

    assert set(found.facts) == {newest, before}
