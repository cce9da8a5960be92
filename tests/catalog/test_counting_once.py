"""A rule in which each course counts once cannot ask for one and the same course twice."""

from __future__ import annotations

import datetime

import pytest

from catalog import actions, rules
from catalog.models import Achievement
from catalog.rules.once import TOO_FEW
from tests.factories import (
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
TUESDAY = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)


@pytest.fixture
def maps():
    return published_course(title="Maps")


@pytest.fixture
def tides():
    return published_course(title="Tides")


def faults(tree):
    return [(fault.number, fault.message) for fault in rules.faults(tree, None)]


def once(*parts):
    return rules.all_of(*parts, counts_once=True)


def test_what_is_asked_for_twice_is_said_of_the_second_entry(maps, tides):
    tree = once(leaf(maps), leaf(tides), rules.all_of(leaf(maps)))

    ((number, message),) = faults(tree)

    assert number == 4
    assert message.startswith("“Maps” is asked for twice, and each course counts once. Remove one")


def test_a_course_and_its_credential_are_the_same_thing(maps):
    credential = rules.AchievementLeaf(Achievement.objects.get(course=maps).pk)

    assert [number for number, _ in faults(once(leaf(maps), credential))] == [2]


def test_the_credential_of_a_track_is_named(maps):
    track = published_track(maps, title="Navigator")

    ((_, message),) = faults(once(leaf(track), rules.at_least(1, leaf(track))))

    assert message.startswith("“Navigator” is asked for twice")


def test_where_there_is_a_choice_the_same_course_may_stand_in_it(maps, tides):
    choice = rules.any_of(leaf(maps), leaf(tides))

    assert faults(once(leaf(maps), choice)) == []
    assert faults(once(leaf(maps), rules.at_least(1, leaf(maps), leaf(tides)))) == []


def test_a_group_that_nothing_satisfies_is_refused_in_a_choice_too(maps, tides):
    twice = rules.at_least(2, leaf(maps), leaf(maps))

    ((number, message),) = faults(once(rules.any_of(leaf(tides), twice)))

    assert number == 5
    assert message.startswith("“Maps” is asked for twice")


def test_a_group_that_asks_for_more_than_it_has_different_ones_is_refused(maps, tides):
    """Two of three, of which all are the same; three branches over two courses."""
    same = rules.at_least(2, leaf(maps), leaf(maps), leaf(maps))
    either = rules.any_of(leaf(maps), leaf(tides))

    assert faults(once(rules.any_of(leaf(tides), same))) == [(3, TOO_FEW)]
    assert faults(once(either, either, either)) == [(0, TOO_FEW)]
    assert faults(once(either, either)) == []


def test_a_sum_counts_a_course_and_its_credential_once(maps):
    credential = rules.AchievementLeaf(Achievement.objects.get(course=maps).pk)

    ((_, message),) = faults(rules.Group("credits", (leaf(maps), credential), 60))

    assert "its entries come to 30" in message


def test_a_course_may_be_asked_for_twice_where_it_counts_freely(maps):
    assert faults(rules.all_of(leaf(maps), leaf(maps))) == []


def test_a_course_that_another_counts_as_can_be_met_by_both(maps, tides):
    actions.state_equivalence(
        course=tides,
        counts_as=maps,
        since=TUESDAY.date(),
        reason="It replaces it.",
        by=UserFactory(),
        at=TUESDAY,
    )

    assert faults(once(leaf(maps), leaf(maps))) == []
    assert faults(once(leaf(maps), leaf(maps), leaf(maps))) == [(0, TOO_FEW)]


def test_such_a_rule_is_not_published(maps):
    with pytest.raises(rules.InvalidRule, match="“Maps” is asked for twice"):
        published_track(tree=once(leaf(maps), leaf(maps)))
