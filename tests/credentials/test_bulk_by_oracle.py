"""Hundreds of random worlds: judging everyone at once says what a plain loop over learners says."""

from __future__ import annotations

import datetime
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog.judging import months_after, months_before
from credentials.bulk import Judging
from credentials.bulk import world as bulk_world
from credentials.bulk.columns import at_least, column, has, members, size
from credentials.bulk.facts import moment, months_later
from credentials.bulk.world import Grouped, table
from tests.credentials.plain_judging import Learner
from tests.credentials.random_worlds import COUNT, NOW, PLACES, worlds
from tests.tries import tries


@tries(200)
@given(worlds())
def test_everyone_at_once_earns_what_each_earns_alone(world):
    made = Judging(world, at=NOW).run()

    found = {place: set() for place in PLACES}
    for one in made:
        for place in one.learners.tolist():
            found[place].add((one.rule.achievement_id, one.rule.version_id, one.is_renewal))
    assert found == {place: Learner(world, place, NOW).earned() for place in PLACES}


@given(
    st.datetimes(timezones=st.just(datetime.UTC)).filter(lambda at: 100 < at.year < 9900),
    st.integers(-600, 600),
)
def test_months_are_those_of_the_calendar(at, months):
    found = months_later(np.array([moment(at)]), np.array([months]))

    expected = months_after(at, months) if months >= 0 else months_before(at, -months)
    assert found.tolist() == [moment(expected)]


@given(st.lists(st.sets(st.sampled_from(PLACES)), min_size=1, max_size=9), st.integers(0, 10))
def test_counters_of_bits_count(sets, n):
    columns = [column(np.array(sorted(one), dtype=int), COUNT) for one in sets]

    found = at_least(n, columns)

    expected = [p for p in range(128) if sum(p in one for one in sets) >= n]
    assert members(found).tolist() == expected


def test_a_column_says_who_is_in_it():
    found = column(np.array([3, 64]), COUNT)

    assert has(found, np.array([2, 3, 64, 65])).tolist() == [False, True, True, False]
    assert size(found) == 2


@given(st.lists(st.integers(0, 3), min_size=1), st.integers(1, 7), st.sampled_from([1, 100_000]))
def test_a_group_has_its_rows_in_their_order(courses, piece, apart):
    rows = table("completions", [(n, n % 5, apart * c, n, n, 1) for n, c in enumerate(courses)])
    with mock.patch.object(bulk_world, "_PIECE", piece):
        grouped = Grouped(rows, "course")

    found = {key: grouped.of(key) for key in {apart * course for course in courses}}

    for key, group in found.items():
        expected = [n for n, course in enumerate(courses) if apart * course == key]
        assert group["pk"].tolist() == expected
        assert group.learner.tolist() == [n % 5 for n in expected]
