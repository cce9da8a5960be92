"""Random worlds: rules, people, and what they have.

Strategies are made once: making one anew for each draw takes ten times as long as drawing.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache

import numpy as np
from hypothesis import strategies as st

from catalog.rules import AchievementLeaf, CourseLeaf, Group, SkillLeaf
from credentials.bulk import World
from credentials.bulk.facts import NEVER, moment
from credentials.bulk.world import table
from credentials.rulebook import Rule, Worth

NOW = datetime.datetime(2026, 3, 31, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
PLACES = (0, 63, 64, 70)
COUNT = 71
COURSES, SKILLS = (1, 2, 3), (1, 2)
ACHIEVEMENTS = (1, 2, 3, 4)
"""The first is that of the first course. 10 · a + n is version n of a; the second is in force."""

ages = st.sampled_from([0, 1, 30, 31, 32, 200, 730, 731])
moments = ages.map(lambda days: moment(NOW - days * DAY))
ends = st.sampled_from([NEVER, NEVER, moment(NOW), *(moment(NOW + n * DAY) for n in (1, 179, 181))])
grades = st.sampled_from([-1, 6000, 7999, 8000])

limits = {
    "min_grade": st.none() | st.just(Decimal(80)),
    "max_age_months": st.none() | st.sampled_from([1, 24]),
    "issuer_id": st.none() | st.integers(1, 2),
    "allows_prior_learning": st.booleans(),
}


def leaves(below):
    courses = st.sampled_from(COURSES)
    kinds = [
        st.builds(CourseLeaf, courses),
        st.builds(CourseLeaf, courses, **limits),
        st.builds(SkillLeaf, st.sampled_from(SKILLS), st.integers(0, 2), **limits),
    ]
    if below:
        kinds.append(st.builds(AchievementLeaf, st.sampled_from(below), **limits))
    return st.one_of(kinds)


def groups(children):
    some = st.lists(children, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Group, st.sampled_from(["all", "any"]), some),
        st.builds(Group, st.just("at_least"), some, st.none() | st.integers(0, 3)),
        st.builds(Group, st.sampled_from(["credits", "ects"]), some, st.integers(0, 200)),
        st.builds(Group, st.just("imaginary"), some),
    )


@cache
def trees(below):
    """Of rules that may name these achievements."""
    return st.recursive(leaves(below), groups, max_leaves=6).flatmap(
        lambda tree: st.sampled_from(
            [tree, Group(tree.operator, tree.children, tree.n, counts_once=True)]
            if isinstance(tree, Group)
            else [tree]
        )
    )


valid_months = st.none() | st.sampled_from([1, 12])
renewals = st.sampled_from(["whole", "delta", "none"])


@st.composite
def rules(draw):
    """Two versions of each; skills are proved by what is lower, as the newest have no circles."""
    found = {}
    for achievement in ACHIEVEMENTS:
        for number in (1, 2):
            below = ACHIEVEMENTS[: achievement - 1] if number == 2 else ACHIEVEMENTS
            rule = Rule(
                version_id=10 * achievement + number,
                achievement_id=achievement,
                number=number,
                tree=draw(trees(below)),
                valid_months=draw(valid_months),
                renewal=draw(renewals),
                is_current=number == 2,
                issuer_id=achievement % 2 + 1,
                is_of_a_course=achievement == 1,
            )
            found[rule.version_id] = rule
    return found


worths = st.builds(
    Worth, minutes=st.sampled_from([0, 30, 60, 100]), ects=st.sampled_from([0, 50, 100])
)
proofs = st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 2), max_size=2)
"""Skills, each with its level."""


@st.composite
def version_worths(draw):
    found = {}
    for achievement in ACHIEVEMENTS:
        for number in (1, 2):
            worth = draw(worths)
            skills = draw(proofs)
            found[10 * achievement + number] = Worth(
                minutes=worth.minutes,
                ects=worth.ects,
                course_id=1 if achievement == 1 else None,
                is_current=number == 2,
                skills=tuple(skills.items()) if achievement < 3 else (),
            )
    return found


def rows(*columns, most=6):
    return st.lists(st.tuples(st.sampled_from(PLACES), *columns), max_size=most)


def numbered(found):
    """With a number of their own in front."""
    return [(pk, *row) for pk, row in enumerate(found, start=1)]


versions = st.sampled_from([10 * a + n for a in ACHIEVEMENTS for n in (1, 2)])
fates = st.sampled_from(["stands", "stands", "fallen", "revoked"])
award_rows = rows(versions, moments, grades, ends, fates)
completion_rows = rows(st.sampled_from(COURSES), moments, grades, st.integers(1, 2), most=12)
recognition_rows = rows(
    st.sampled_from([(1, 0), (2, 0), (0, 1), (0, 2)]),
    st.integers(0, 2),
    moments,
    grades,
    ends,
    st.integers(0, 2),
    most=4,
)
pursuit_rows = rows(st.sampled_from(ACHIEVEMENTS), st.integers(1, 2))
refusal_rows = rows(st.sampled_from(ACHIEVEMENTS), most=2)
days = st.sampled_from([(NOW - n * DAY).date() for n in (0, 31, 1000)])
equivalences = st.lists(
    st.tuples(st.sampled_from(COURSES), st.sampled_from(COURSES), days).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=3,
    unique_by=lambda edge: edge[:2],
)


@st.composite
def awards(draw):
    found, numbers = [], {}
    for place, version, at, grade, until, fate in draw(award_rows):
        achievement = version // 10
        number = numbers[place, achievement] = numbers.get((place, achievement), 0) + 1
        revoked, fallen = fate != "stands", fate == "fallen"
        found.append(
            (place, achievement, version, number, at, grade, until, revoked, fallen, False)
        )
    return numbered(found)


def distinct(found):
    return list({row[:2]: row for row in found}.values())


@st.composite
def worlds(draw):
    recognized = draw(recognition_rows)
    joined = draw(pursuit_rows)
    return World(
        learners=np.arange(COUNT),
        completions=table("completions", numbered(draw(completion_rows))),
        awards=table("awards", draw(awards())),
        recognitions=table(
            "recognitions", numbered([(place, *named, *rest) for place, named, *rest in recognized])
        ),
        pursuits=table("pursuits", [(p, a, 10 * a + n) for p, a, n in distinct(joined)]),
        refusals=table("refusals", draw(refusal_rows)),
        rules=draw(rules()),
        in_force={achievement: 10 * achievement + 2 for achievement in ACHIEVEMENTS},
        courses={course: draw(worths) for course in COURSES},
        providers={course: course % 2 + 1 for course in COURSES},
        versions=draw(version_worths()),
        issuers={achievement: achievement % 2 + 1 for achievement in ACHIEVEMENTS},
        equivalences=draw(equivalences),
    )
