"""The shortest way to a credential: what trying every set of courses finds, is found."""

from __future__ import annotations

import datetime
import math
import subprocess
import sys
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from catalog.judging import Evidence, Fact, judge
from catalog.reach import Need, Progress, Step
from catalog.rules import (
    ECTS,
    MINUTES,
    AchievementLeaf,
    CourseLeaf,
    Group,
    SkillLeaf,
    all_of,
    any_of,
    numbered,
)
from catalog.shortest import Shortest, least, shortest, stated
from tests.tries import tries

NOW = datetime.datetime(2026, 3, 31, 9, 0, tzinfo=datetime.UTC)
MINUTES_OF = {1: 30, 2: 60, 3: 90, 4: 100}
ECTS_OF = {1: 100, 2: 50, 3: 100, 4: 0}
LOWER = 9
"""The achievement of a track below, which asks for courses 1 and 2."""
LOWER_TREE = all_of(CourseLeaf(1), CourseLeaf(2))


def groups(children):
    some = st.lists(children, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Group, st.sampled_from(["all", "any"]), some),
        st.builds(Group, st.just("at_least"), some, st.integers(1, 3)),
        st.builds(Group, st.sampled_from(["credits", "ects"]), some, st.integers(0, 200)),
    )


some_leaf = st.builds(CourseLeaf, st.integers(1, 4)) | st.just(AchievementLeaf(LOWER))
trees = st.recursive(some_leaf, groups, max_leaves=8)
once = trees.filter(lambda tree: isinstance(tree, Group)).map(
    lambda tree: Group(tree.operator, tree.children, tree.n, counts_once=True)
)


def need_of(tree) -> Need:
    def step(leaf) -> Step:
        if isinstance(leaf, AchievementLeaf):
            return Step(leaf, minutes=90, ects=150, below=need_of(LOWER_TREE))
        pk = leaf.course_id
        return Step(leaf, MINUTES_OF[pk], ECTS_OF[pk], courses=((pk, MINUTES_OF[pk]),))

    return Need(
        tree,
        {number: step(node) for number, node in numbered(tree) if not isinstance(node, Group)},
    )


def having(courses) -> Evidence:
    completions = {
        pk: [
            Fact(pk, NOW, minutes=MINUTES_OF[pk], ects=ECTS_OF[pk], item=("course", pk)),
        ]
        for pk in courses
    }
    awards = {}
    if {1, 2} <= set(courses):
        lower = Fact(9, NOW, minutes=90, ects=150, kind="award", item=("achievement", LOWER))
        awards = {LOWER: [lower]}
    return Evidence(completions, awards)


def sets():
    return chain.from_iterable(combinations(MINUTES_OF, n) for n in range(len(MINUTES_OF) + 1))


def by_trying_all(tree, done):
    """The least minutes that satisfy it, beside what is done; infinite if nothing does."""
    return min(
        (
            sum(MINUTES_OF[pk] for pk in taken if pk not in done)
            for taken in sets()
            if judge(tree, having({*taken, *done}), at=NOW) is not None
        ),
        default=math.inf,
    )


@tries(300)
@given(trees | once, st.sets(st.integers(1, 4), max_size=2))
def test_no_set_of_courses_is_shorter_and_it_leads_there(tree, done):
    found = shortest(Progress(need_of(tree), having(done), at=NOW))

    wanted = by_trying_all(tree, done)
    assert (found.minutes if found else math.inf) == wanted
    if found:
        assert judge(tree, having({*found.courses, *done}), at=NOW) is not None
        assert found.minutes == sum(MINUTES_OF[pk] for pk in found.courses)


@tries(300)
@given(trees | once)
def test_the_stated_workload_is_never_more_than_a_real_way_takes(tree):
    found, wanted = least(need_of(tree), MINUTES), by_trying_all(tree, set())
    adds_up = any(
        isinstance(node, Group) and node.operator in ("credits", "ects")
        for _, node in numbered(tree)
    )

    if found is None:
        assert wanted == math.inf
    elif adds_up:
        assert found <= wanted
    else:
        assert found == wanted


def test_a_course_that_two_branches_ask_for_is_done_once():
    tree = all_of(CourseLeaf(1), any_of(CourseLeaf(1), CourseLeaf(2)), AchievementLeaf(LOWER))

    assert least(need_of(tree), MINUTES) == 90
    assert least(need_of(tree), ECTS) == 150


def test_credits_are_filled_up_where_they_take_the_fewest_hours():
    tree = Group("ects", (CourseLeaf(1), CourseLeaf(2), CourseLeaf(3)), 150)

    # 1 credit in 30 minutes, and half of the one in 90; not 60 minutes for half a credit.
    assert least(need_of(tree), MINUTES) == 75
    assert least(need_of(tree), ECTS) == 150
    assert shortest(Progress(need_of(tree), Evidence(), at=NOW)) == Shortest((1, 2), 90)


def test_nothing_is_left_of_what_is_done():
    tree = all_of(CourseLeaf(1))

    assert shortest(Progress(need_of(tree), having({1}), at=NOW)) == Shortest((), 0)


def test_what_no_course_leads_to_has_no_way():
    assert shortest(Progress(Need(), Evidence(), at=NOW)) is None
    assert least(Need(all_of(), {}), MINUTES) is None


def test_a_credential_does_not_state_what_takes_to_prove_a_skill():
    tree = all_of(CourseLeaf(1), SkillLeaf(1))
    steps = {1: need_of(CourseLeaf(1)).steps[0], 2: Step(SkillLeaf(1), courses=((3, 90),))}
    need = Need(tree, steps)

    assert stated(need, MINUTES) == 30
    assert least(need, MINUTES) == 120
    assert shortest(Progress(need, Evidence(), at=NOW)) == Shortest((1, 3), 120)


def test_the_solver_writes_nothing_to_where_commands_write():
    code = (
        "import django; django.setup();"
        "from catalog.rules.program import Program; Program().minimize([])"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert said.stdout == b""
