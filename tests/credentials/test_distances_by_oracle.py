"""What is left of a rule for everyone at once is what ``catalog.reach`` says of each alone."""

from __future__ import annotations

from hypothesis import given

from catalog import rules
from catalog.reach import Need, Progress, Step
from catalog.rules import AchievementLeaf, CourseLeaf, Group
from credentials.bulk import Judging
from credentials.bulk.distances import Distances
from credentials.rulebook import Rule
from tests.credentials.plain_judging import Learner
from tests.credentials.random_worlds import ACHIEVEMENTS, COURSES, NOW, PLACES, trees, worlds
from tests.tries import tries

MINUTES = {1: 60, 2: 90, 3: 45}


def need(world, tree):
    """What the rule takes; below it, the rules that are in force."""
    return Need(
        tree,
        {
            number: step(world, leaf)
            for number, leaf in rules.numbered(tree)
            if not isinstance(leaf, Group)
        },
    )


def step(world, leaf):
    if isinstance(leaf, CourseLeaf):
        worth = world.courses[leaf.course_id]
        courses = ((leaf.course_id, MINUTES[leaf.course_id]),)
        return Step(leaf, worth.minutes, worth.ects, courses)
    if not isinstance(leaf, AchievementLeaf):
        return Step(leaf, courses=tuple((pk, MINUTES[pk]) for pk in COURSES[: leaf.skill_id]))
    if leaf.achievement_id == 1:
        worth = world.courses[1]
        return Step(leaf, worth.minutes, worth.ects, ((1, MINUTES[1]),))
    version = world.in_force[leaf.achievement_id]
    worth = world.versions[version]
    below = need(world, world.rules[version].tree)
    return Step(leaf, worth.minutes, worth.ects, below=below)


@tries(150)
@given(worlds(), trees(ACHIEVEMENTS))
def test_everyone_at_once_has_as_much_left_as_each_alone(world, tree):
    draft = Rule(99, 9, 1, tree, None, "none", is_current=False, issuer_id=1, is_of_a_course=False)
    judging = Judging(world.asking(draft), at=NOW)
    judging.run()
    asked = need(world, tree)

    found = Distances(judging).of(asked)

    for place in PLACES:
        learner = Learner(world, place, NOW)
        learner.earned()
        alone = Progress(asked, learner.evidence(equivalents=True), at=NOW)
        assert (found.left[place], found.is_begun[place]) == (alone.left, alone.is_begun)
