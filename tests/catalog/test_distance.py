"""How far a rule is from being satisfied."""

from __future__ import annotations

import datetime
import math

from hypothesis import given
from hypothesis import strategies as st

from catalog.judging import Fact, support
from catalog.judging.distance import Work, minutes_left
from catalog.rules import CourseLeaf, Group, SkillLeaf, all_of, any_of, at_least, numbered
from tests.tries import tries

NOW = datetime.datetime(2026, 3, 31, 9, 0, tzinfo=datetime.UTC)
A, B, C = CourseLeaf(1), CourseLeaf(2), CourseLeaf(3)


def groups(children):
    some = st.lists(children, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Group, st.sampled_from(["all", "any"]), some),
        st.builds(Group, st.just("at_least"), some, st.none() | st.integers(0, 3)),
        st.builds(Group, st.sampled_from(["credits", "ects"]), some, st.integers(0, 200)),
        st.builds(Group, st.just("imaginary"), some),
    )


trees = st.recursive(
    st.builds(CourseLeaf, st.integers(1, 4)) | st.just(SkillLeaf(1)), groups, max_leaves=9
)
works = st.builds(
    Work, st.integers(1, 100) | st.just(math.inf), st.integers(0, 90), st.sampled_from([0, 50, 100])
)


@st.composite
def cases(draw):
    """A rule, what is met of it, more that is met of it, and the work for each leaf."""
    tree = draw(trees)
    numbers = [number for number, node in numbered(tree) if not isinstance(node, Group)]
    work = {number: draw(works) for number in numbers}

    def fact(number):
        minutes, ects = draw(st.integers(0, 90)), draw(st.sampled_from([0, 50, 100]))
        return Fact(number, NOW, minutes=minutes, ects=ects)

    more = {number: fact(number) for number in numbers if draw(st.booleans())}
    met = {number: found for number, found in more.items() if draw(st.booleans())}
    return tree, met, more, work


@tries(300)
@given(cases())
def test_nothing_is_left_exactly_of_what_is_satisfied(case):
    tree, met, _, work = case

    assert (minutes_left(tree, met, work) == 0) == (support(tree, met) is not None)


@tries(200)
@given(cases())
def test_what_is_left_never_grows_with_what_is_met(case):
    tree, met, more, work = case

    assert minutes_left(tree, more, work) <= minutes_left(tree, met, work)


def fact(number, minutes=0):
    return Fact(number, NOW, minutes=minutes)


def hours(**left):
    return {int(number[1:]): Work(minutes, minutes) for number, minutes in left.items()}


def test_alternatives_are_as_far_as_the_nearest():
    tree = any_of(all_of(A, B), C)
    work = hours(_2=10, _3=50, _4=40)

    assert minutes_left(tree, {}, work) == 40
    assert minutes_left(tree, {3: fact(3)}, work) == 10


def test_of_several_the_shortest_count():
    work = hours(_1=10, _2=50, _3=40)

    assert minutes_left(at_least(2, A, B, C), {}, work) == 50
    assert minutes_left(at_least(2, A, B, C), {2: fact(2)}, work) == 10
    assert minutes_left(at_least(4, A, B, C), {}, work) == math.inf


def test_a_sum_is_filled_up_with_what_takes_least_for_a_credit():
    tree = Group("ects", (A, B), 100)
    work = {1: Work(60, ects=100), 2: Work(40, ects=50)}

    assert minutes_left(tree, {}, work) == 60
    assert minutes_left(Group("ects", (A, B), 125), {}, work) == 80
    assert minutes_left(Group("ects", (A, B), 200), {}, work) == math.inf


def test_what_a_group_in_a_sum_is_worth_takes_what_is_left_of_the_group():
    tree = Group("credits", (all_of(A, B), C), 100)
    work = {2: Work(30, 100), 3: Work(70, 10), 4: Work(90, 100)}

    assert minutes_left(tree, {}, work) == 90
    assert minutes_left(tree, {2: fact(2, 100)}, work) == 70
    assert minutes_left(tree, {2: fact(2, 100), 3: fact(3, 10)}, work) == 0


def test_beyond_many_groups_in_a_sum_it_stays_quick_and_low():
    many = tuple(all_of(A, B) for _ in range(40))
    tree = Group("credits", many, 300)
    work = {number: Work(30, 10) for number, node in numbered(tree) if not isinstance(node, Group)}

    assert 0 < minutes_left(tree, {}, work) <= 900
