"""How far a course brings somebody towards the tracks that name it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import rules
from catalog.actions import workload_minutes
from catalog.pages import published_tracks
from catalog.reach import cheapest, minutes_left, need, needs, reach
from catalog.rules import Group, Operator
from enrollment import actions as enrollment
from tests.factories import TUESDAY, UserFactory, leaf, published_course, published_track

pytestmark = pytest.mark.django_db


def hours(n: int):
    """A course of so many half hours."""
    return published_course(lessons=n)


def group(operator: Operator, *parts, n: int | None = None) -> Group:
    children = tuple(part if isinstance(part, Group) else leaf(part) for part in parts)
    return Group(operator, children, n)


def test_what_is_done_is_no_longer_left():
    one, two = hours(1), hours(2)
    asked = need(published_track(one, two))

    assert minutes_left(asked, ()) == 90
    assert minutes_left(asked, {one.pk}) == 60
    assert minutes_left(asked, {one.pk, two.pk}) == 0


def test_alternatives_count_with_the_shortest():
    one, two, three = hours(1), hours(2), hours(3)
    any_of = need(published_track(tree=group(Operator.ANY, two, three)))
    two_of = need(published_track(tree=group(Operator.AT_LEAST, one, two, three, n=2)))

    assert minutes_left(any_of, ()) == 60
    assert minutes_left(any_of, {three.pk}) == 0
    assert minutes_left(two_of, ()) == 90
    assert minutes_left(two_of, {three.pk}) == 30


def test_credits_count_what_is_earned_already():
    one, two = hours(1), hours(2)
    asked = need(published_track(tree=group(Operator.CREDITS, one, two, n=75)))

    assert minutes_left(asked, ()) == 75
    assert minutes_left(asked, {one.pk}) == 45
    assert minutes_left(asked, {two.pk}) == 15
    assert minutes_left(asked, {one.pk, two.pk}) == 0


def test_tracks_below_are_looked_through():
    one, two, three = hours(1), hours(2), hours(3)
    lower = published_track(one, two)
    upper = published_track(tree=group(Operator.ALL, lower, three))

    assert minutes_left(need(upper), {one.pk}) == 60 + 90


def test_in_all_it_is_what_the_credential_says():
    one, two, three = hours(1), hours(2), hours(3)
    tree = group(Operator.ALL, one, group(Operator.AT_LEAST, two, three, n=1))
    track = published_track(tree=tree)

    assert minutes_left(need(track), ()) == workload_minutes(tree)
    assert isinstance(tree, rules.Group)


def test_reach_says_what_one_course_changes():
    one, two, three = hours(1), hours(2), hours(3)
    track = published_track(tree=group(Operator.ALL, one, group(Operator.ANY, two, three)))
    asked = need(track)

    first = reach(track, asked, course_id=one.pk, done=())
    last = reach(track, asked, course_id=two.pk, done={one.pk})
    needless = reach(track, asked, course_id=three.pk, done={two.pk})

    assert (first.total, first.before, first.after) == (90, 90, 60)
    assert last.completes
    assert not needless.helps


def test_the_page_tells_visitors_and_learners(client):
    one, two = hours(1), hours(2)
    published_track(one, two, title="Both")
    assert "After it, 1\u00a0h of 1\u00a0h\u00a030\u00a0min are left." in " ".join(
        client.get(one.get_absolute_url()).text.split(" ")
    )

    learner = UserFactory()
    enrolled = enrollment.enroll(learner=learner, run=two.runs.get(), at=TUESDAY)
    for unit in two.units.all():
        enrollment.finish_unit(enrollment=enrolled, unit=unit, at=TUESDAY)
    client.force_login(learner)

    assert "This course is all that you still need." in client.get(one.get_absolute_url()).text
    assert "It counts: 30\u00a0min of" in client.get(two.get_absolute_url()).text


def test_the_cheapest_way_is_as_long_as_what_is_left():
    one, two, three, four = hours(1), hours(2), hours(3), hours(4)
    minutes = {one.pk: 30, two.pk: 60, three.pk: 90, four.pk: 120}
    asked = need(
        published_track(
            tree=group(
                Operator.ALL,
                one,
                group(Operator.AT_LEAST, two, three, four, n=2),
                group(Operator.ANY, three, four),
            )
        )
    )

    assert cheapest(asked, ()) == [one.pk, two.pk, three.pk]
    assert cheapest(asked, {three.pk}) == [one.pk, two.pk]
    left = minutes_left(asked, {three.pk})
    assert sum(minutes[pk] for pk in cheapest(asked, {three.pk})) == left
    assert cheapest(asked, {one.pk, two.pk, three.pk}) == []


def test_enough_minutes_are_taken_shortest_first():
    one, two, three = hours(1), hours(2), hours(3)
    asked = need(published_track(tree=group(Operator.CREDITS, three, two, one, n=80)))

    assert cheapest(asked, ()) == [two.pk, one.pk]
    assert cheapest(asked, {two.pk}) == [one.pk]


def test_the_needs_of_many_tracks_cost_what_those_of_one_cost(django_assert_num_queries):
    for _ in range(5):
        published_track(hours(1), hours(2))
    tracks = list(published_tracks())

    with CaptureQueriesContext(connection) as one:
        needs(tracks[:1])
    with django_assert_num_queries(len(one)):
        needs(tracks)
