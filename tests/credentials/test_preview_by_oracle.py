"""What is foreseen in random worlds is what comes of it when a plain loop judges a copy."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from credentials.bulk.columns import members
from credentials.bulk.facts import moment
from credentials.bulk.world import table
from credentials.preview import NOT_PUBLISHED, Comparison
from credentials.rulebook import Rule, Worth
from tests.credentials.plain_judging import Learner
from tests.credentials.random_worlds import (
    ACHIEVEMENTS,
    NOW,
    PLACES,
    proofs,
    renewals,
    trees,
    valid_months,
    worlds,
    worths,
)
from tests.tries import tries


@st.composite
def drafts(draw):
    """A world, and a rule of one of its achievements that is not published yet."""
    world = draw(worlds())
    achievement = draw(st.sampled_from(ACHIEVEMENTS))
    in_force = world.rules[world.in_force[achievement]]
    rule = replace(
        in_force,
        version_id=NOT_PUBLISHED,
        number=3,
        tree=draw(trees(ACHIEVEMENTS[: achievement - 1])),
        valid_months=draw(valid_months),
        renewal=draw(renewals),
    )
    worth = draw(worths)
    skills = draw(proofs)
    return (
        world,
        rule,
        replace(
            worth,
            course_id=1 if achievement == 1 else None,
            is_current=True,
            skills=tuple(skills.items()) if achievement < 3 else (),
        ),
    )


def published(world, rule: Rule, worth: Worth):
    """A copy in which the rule is in force."""
    old = world.in_force[rule.achievement_id]
    courses = dict(world.courses)
    if worth.course_id:
        one = courses[worth.course_id]
        courses[worth.course_id] = replace(one, minutes=worth.minutes, ects=worth.ects)
    return replace(
        world,
        rules=world.rules
        | {old: replace(world.rules[old], is_current=False), rule.version_id: rule},
        versions=world.versions
        | {old: replace(world.versions[old], is_current=False), rule.version_id: worth},
        in_force=world.in_force | {rule.achievement_id: rule.version_id},
        courses=courses,
    )


def keeping(world, achievement, version):
    """A copy in which everyone who has joined none has joined this version."""
    rows = zip(*(world.pursuits[name].tolist() for name in world.pursuits), strict=True)
    joined = {row[:2]: row for row in rows}
    for place in PLACES:
        joined.setdefault((place, achievement), (place, achievement, version))
    return replace(world, pursuits=table("pursuits", list(joined.values())))


def earned(world, place, achievement):
    return {one for one in Learner(world, place, NOW).earned() if one[0] == achievement}


def holds(world, place, achievement):
    rows = [row for row in Learner(world, place, NOW).awards if row["achievement"] == achievement]
    return any(not row["is_revoked"] and row["until"] > moment(NOW) for row in rows)


def without(table_, which):
    return {name: values[~which] for name, values in table_.items()}


def moved(world, place, achievement, *, holds):
    """A copy in which the learner goes by the rule in force, and has no award of it."""
    mine = world.awards["achievement"] == achievement
    return replace(
        world,
        pursuits=without(world.pursuits, world.pursuits["achievement"] == achievement),
        awards=without(world.awards, mine & (world.awards["learner"] == place) & holds),
    )


@tries(150)
@given(drafts())
def test_what_is_foreseen_is_what_comes_of_a_copy(drafted):
    world, rule, worth = drafted
    pk = rule.achievement_id

    found = Comparison(world, rule, worth, at=NOW)

    copy = published(world, rule, worth)
    kept = keeping(copy, pk, world.in_force[pk])
    gains, loses, keeps = set(), set(), set()
    above = {}
    for place in PLACES:
        is_held = holds(world, place, pk)
        now, then = earned(world, place, pk), earned(kept, place, pk)
        meets = earned(moved(copy, place, pk, holds=is_held), place, pk)
        if then and not now:
            gains.add(place)
        elif (now and not then) or (now and not is_held and not meets):
            loses.add(place)
        elif is_held and not meets:
            keeps.add(place)
        for other in set(ACHIEVEMENTS) - {pk}:
            before, after = bool(earned(world, place, other)), bool(earned(kept, place, other))
            if before != after:
                gain, lose = above.get(other, (0, 0))
                above[other] = (gain + after, lose + before)
    assert set(members(found.gains).tolist()) == gains
    assert set(members(found.loses).tolist()) == loses
    assert set(members(found.keeps).tolist()) == keeps
    assert {one.achievement_id: (one.gain, one.lose) for one in found.above()} == above
