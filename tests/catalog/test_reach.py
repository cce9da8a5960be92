"""How far a course brings somebody towards the tracks that name it."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import rules
from catalog.actions import publish_track, retire, state_equivalence, workload
from catalog.judging import Evidence, Fact
from catalog.models import Course, Status, Track
from catalog.pages import published_tracks
from catalog.reach import Progress, need, needs, reach
from catalog.rules import Group, Operator
from enrollment import actions as enrollment
from tests.factories import (
    TUESDAY,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def hours(n: int):
    """A course of so many half hours."""
    return published_course(lessons=n)


def having(*courses) -> Evidence:
    """Completions of these, and nothing else."""
    return Evidence({course.pk: [completion(course)] for course in courses})


def completion(course, **fields) -> Fact:
    worth = {"minutes": course.units.count() * 30, "item": ("course", course.pk)}
    return Fact(course.pk, TUESDAY, **worth | fields)


def progress(asked, *done) -> Progress:
    return Progress(asked, having(*done), at=TUESDAY)


def group(operator: Operator, *parts, n: int | None = None) -> Group:
    children = tuple(part if isinstance(part, Group) else leaf(part) for part in parts)
    return Group(operator, children, n)


def award(course, **fields) -> Fact:
    return completion(course, kind="award", **fields)


@pytest.mark.parametrize("until", [None, TUESDAY + datetime.timedelta(days=1)])
def test_a_credential_is_done_anew_for_its_grade_only_where_it_is_awarded_anew(until):
    course, other = hours(1), hours(3)
    credential = rules.AchievementLeaf(course.achievement.pk, min_grade=Decimal(80))
    asked = need(published_track(tree=rules.any_of(credential, leaf(other))))
    held = {course.achievement.pk: [award(course, grade=Decimal(60), until=until)]}
    better = {course.pk: [completion(course, grade=Decimal(90))]}

    lefts = [Progress(asked, Evidence(done, held), at=TUESDAY).left for done in ({}, better)]

    assert lefts == ([90, 90] if until is None else [30, 0])


def test_what_is_done_is_no_longer_left():
    one, two = hours(1), hours(2)
    asked = need(published_track(one, two))

    assert asked.total == 90
    assert progress(asked, one).left == 60
    assert progress(asked, one, two).left == 0


def test_alternatives_count_with_the_shortest():
    one, two, three = hours(1), hours(2), hours(3)
    any_of = need(published_track(tree=group(Operator.ANY, two, three)))
    two_of = need(published_track(tree=group(Operator.AT_LEAST, one, two, three, n=2)))

    assert any_of.total == 60
    assert progress(any_of, three).left == 0
    assert two_of.total == 90
    assert progress(two_of, three).left == 30


def test_credits_count_what_is_earned_already():
    one, two = hours(1), hours(2)
    asked = need(published_track(tree=group(Operator.CREDITS, one, two, n=75)))

    assert asked.total == 75
    assert progress(asked, one).left == 45
    assert progress(asked, two).left == 15
    assert progress(asked, one, two).left == 0


def test_tracks_below_are_looked_through():
    one, two, three = hours(1), hours(2), hours(3)
    lower = published_track(one, two)
    upper = published_track(tree=group(Operator.ALL, lower, three))

    assert progress(need(upper), one).left == 60 + 90


def test_in_all_it_is_what_the_credential_says():
    one, two, three = hours(1), hours(2), hours(3)
    tree = group(Operator.ALL, one, group(Operator.AT_LEAST, two, three, n=1))
    track = published_track(tree=tree)

    assert need(track).total == workload(track.achievement, tree)[0]
    assert isinstance(tree, rules.Group)


def test_reach_says_what_one_course_changes():
    one, two, three = hours(1), hours(2), hours(3)
    track = published_track(tree=group(Operator.ALL, one, group(Operator.ANY, two, three)))
    asked = need(track)

    first = reach(track, asked, course=one, evidence=Evidence(), at=TUESDAY)
    last = reach(track, asked, course=two, evidence=having(one), at=TUESDAY)
    needless = reach(track, asked, course=three, evidence=having(two), at=TUESDAY)

    assert (first.total, first.before, first.after) == (90, 90, 60)
    assert last.completes
    assert not needless.helps


@pytest.fixture
def replaced():
    """A retired course that a track asks for, and the one that counts as it now."""
    old, other = published_course(title="Old"), published_course(title="Other")
    new = published_course(title="New", lessons=3)
    published_track(old, other, title="The track")
    retire(item=old)
    state_equivalence(
        course=new,
        counts_as=old,
        since=TUESDAY.date(),
        reason="Its successor.",
        by=UserFactory(),
        at=TUESDAY,
    )
    return old, new


def test_the_page_of_a_course_says_how_far_it_brings_as_the_one_that_it_replaces(client, replaced):
    page = client.get(replaced[1].get_absolute_url()).text.replace("\xa0", " ")

    reached = page.partition("How far it brings you")[2]
    assert "The track" in reached
    assert "After it, 30 min of 2 h are left." in reached


def test_the_page_of_a_track_says_what_it_takes_with_the_courses_that_there_are(client, replaced):
    page = client.get(Track.objects.get().get_absolute_url()).text.replace("\xa0", " ")

    assert "from 2 h" in page


def test_the_page_of_a_retired_course_leads_to_what_counts_as_it(client, replaced):
    old, new = replaced

    said = client.get(old.get_absolute_url()).text.partition("no longer offered")[2]

    assert f'<a href="{new.get_absolute_url()}">New</a> counts as it now' in said
    assert "counts as it now" not in client.get(new.get_absolute_url()).text


def test_what_is_retired_brings_on_nobody_who_has_not_done_it(client, replaced):
    assert "How far it brings you" not in client.get(replaced[0].get_absolute_url()).text


def test_a_grade_that_is_too_low_leaves_the_course_to_do():
    course = hours(2)
    asked = need(published_track(tree=rules.CourseLeaf(course.pk, min_grade=Decimal(80))))

    low = Evidence({course.pk: [completion(course, grade=Decimal(79))]})
    high = Evidence({course.pk: [completion(course, grade=Decimal(80))]})

    assert Progress(asked, low, at=TUESDAY).left == 60
    assert Progress(asked, high, at=TUESDAY).left == 0


def test_recognized_prior_learning_counts_where_the_rule_lets_it():
    course = hours(2)
    recognized = Evidence({course.pk: [completion(course, kind="recognition")]})

    for allows, left in ((True, 0), (False, 60)):
        rule = rules.CourseLeaf(course.pk, allows_prior_learning=allows)
        asked = need(published_track(tree=rule))
        assert Progress(asked, recognized, at=TUESDAY).left == left


def test_a_held_credential_counts_though_its_rule_asks_for_more_now():
    one, two = hours(1), hours(2)
    lower = published_track(one)
    upper = published_track(lower, two)
    publish_track(track=lower, tree=group(Operator.ALL, one, hours(3)), at=TUESDAY)
    held = Evidence(awards={lower.achievement.pk: [Fact(1, TUESDAY, kind="award")]})

    assert Progress(need(upper), held, at=TUESDAY).left == 60


def test_where_each_course_counts_once_it_is_needed_in_one_branch_only():
    one, two = hours(1), hours(2)
    branches = (group(Operator.ANY, one, two), group(Operator.ANY, one, two))
    asked = need(published_track(tree=rules.all_of(*branches, counts_once=True)))

    assert progress(asked, one).left > 0
    assert progress(asked, one, two).left == 0


def test_in_place_of_a_retired_course_the_way_leads_over_what_counts_as_it():
    old, new = hours(1), hours(2)
    asked_before = published_track(old)
    state_equivalence(
        course=new, counts_as=old, since=TUESDAY.date(), reason="New.", by=UserFactory(), at=TUESDAY
    )
    Course.objects.filter(pk=old.pk).update(status=Status.RETIRED)

    asked = need(asked_before)

    assert (progress(asked).way(), asked.total) == ([new.pk], 60)


def test_a_skill_that_no_course_proves_is_out_of_reach():
    track = published_track(tree=rules.SkillLeaf(SkillFactory().pk))

    assert need(track).total == math.inf
    assert progress(need(track)).way() == []


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

    assert progress(asked).way() == [one.pk, two.pk, three.pk]
    assert progress(asked, three).way() == [one.pk, two.pk]
    left = progress(asked, three).left
    assert sum(minutes[pk] for pk in progress(asked, three).way()) == left
    assert progress(asked, one, two, three).way() == []


def test_enough_minutes_are_taken_shortest_first():
    one, two, three = hours(1), hours(2), hours(3)
    asked = need(published_track(tree=group(Operator.CREDITS, three, two, one, n=80)))

    assert progress(asked).way() == [two.pk, one.pk]
    assert progress(asked, two).way() == [one.pk]


def test_the_needs_of_many_tracks_cost_what_those_of_one_cost(django_assert_num_queries):
    for _ in range(5):
        published_track(hours(1), hours(2))
    tracks = list(published_tracks())

    with CaptureQueriesContext(connection) as one:
        needs(tracks[:1])
    with django_assert_num_queries(len(one)):
        needs(tracks)
