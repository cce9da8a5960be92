"""A track's page as a learner sees it: what counts already and by what, and what is left."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog import rules
from catalog.actions import publish_course, publish_track, state_equivalence
from catalog.models import CourseSkill
from credentials import actions
from credentials.actions.pursue import follow
from credentials.models import Pursuit, Recognition
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    return UserFactory()


@pytest.fixture
def shown(client: Client, learner: User):
    """The text of a track's page for the learner."""
    client.force_login(learner)
    return lambda track: " ".join(client.get(track.get_absolute_url()).text.split())


def complete(learner, course, **fields):
    """The completion as it is recorded in the end, and judged."""
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, **fields)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    while actions.judge_due(at=TUESDAY):
        pass


def prove(course, skill):
    CourseSkill.objects.create(course=course, skill=skill)
    publish_course(course=course, at=timezone.now())


def counted(page: str) -> str:
    """What the page lists as counting already."""
    return page.partition('id="counted"')[2].partition("</section>")[0]


def test_a_completed_course_counts_with_its_grade(learner, shown):
    course = published_course(title="Graded")
    complete(learner, course, grade=83)

    page = shown(published_track(course, published_course()))

    assert "Graded</a>: completed with 83 %" in counted(page)
    assert "Graded (completed with 83 %)" in page  # in the picture


def test_a_track_that_is_held_but_too_old_is_not_said_to_be_under_way(learner, shown):
    part = published_course()
    lower = published_track(part, title="Lower")
    complete(learner, part)
    recent = rules.AchievementLeaf(lower.achievement.pk, max_age_months=1)
    tree = rules.any_of(recent, leaf(published_course()))

    with time_machine.travel(TUESDAY + datetime.timedelta(days=100), tick=False):
        page = shown(published_track(tree=tree, title="Upper"))

    assert "Lower (completed, but not as it is asked for here)" in page


def test_a_course_that_counts_as_another_is_named(learner, shown):
    old, new = published_course(title="Old"), published_course(title="New")
    state_equivalence(
        course=old,
        counts_as=new,
        since=datetime.date(2020, 1, 1),
        reason="The same",
        by=UserFactory(),
        at=timezone.now(),
    )
    complete(learner, old)

    page = shown(published_track(new, published_course()))

    assert "New</a>: “Old” counts as it" in counted(page)
    assert "or “Old”" in page


def test_recognized_prior_learning_is_said_to_be_that(learner, shown):
    course = published_course(title="Known before")
    Recognition.objects.create(
        learner=learner,
        course=course,
        recognized_at=timezone.now(),
        by=UserFactory(),
        reason="Seen",
    )
    accepting = rules.CourseLeaf(course.pk, allows_prior_learning=True)

    page = shown(published_track(tree=rules.all_of(accepting, leaf(published_course()))))

    assert "Known before</a>: recognized prior learning" in counted(page)
    assert "or recognized prior learning" in page


@pytest.mark.parametrize("limits", [{}, {"min_grade": Decimal(50), "allows_prior_learning": True}])
def test_what_is_recognized_and_does_not_count_here_is_not_said_to_be_completed(
    learner, shown, limits
):
    """Where a rule allows no prior learning, or asks for a grade that the recognition lacks."""
    course, other = published_course(title="Known before"), published_course()
    Recognition.objects.create(
        learner=learner,
        course=course,
        recognized_at=timezone.now(),
        by=UserFactory(),
        reason="Seen",
    )
    complete(learner, other)
    strict = rules.CourseLeaf(course.pk, **limits)

    page = shown(published_track(tree=rules.all_of(strict, leaf(other))))

    said = "Known before (recognized as prior learning, but not as it is asked for here)"
    assert said in page


def test_a_completion_below_the_grade_is_no_credit(learner, shown):
    course = published_course(title="Too low")
    complete(learner, course, grade=60)
    strict = rules.CourseLeaf(course.pk, min_grade=Decimal(70))
    other = published_course(title="Other")
    complete(learner, other)

    page = shown(published_track(tree=rules.all_of(strict, leaf(other))))

    assert "Too low" not in counted(page)
    assert "Too low (completed, but not as it is asked for here)" in page
    assert "at least 70 %" in page


def test_a_credential_that_is_held_is_said_to_be_held(learner, shown):
    course = published_course()
    below = published_track(course, title="Below")
    complete(learner, course)

    page = shown(published_track(below, published_course()))

    assert "Below</a>: credential held" in counted(page)
    assert course.title not in counted(page)


def test_a_skill_names_the_credential_that_proves_it(learner, shown):
    skill = SkillFactory(label="read maps")
    course = published_course(title="Maps")
    prove(course, skill)
    complete(learner, course)

    page = shown(
        published_track(tree=rules.all_of(rules.SkillLeaf(skill.pk), leaf(published_course())))
    )

    assert "read maps</a>: proved by “Maps”" in counted(page)


def test_a_track_that_is_earned_shows_its_credential(learner, shown):
    course = published_course()
    track = published_track(course)
    complete(learner, course)
    actions.issue_due(at=TUESDAY)

    assert "You hold this credential." in shown(track)


def test_a_course_that_has_its_place_says_that_it_counts_once(learner, shown):
    shared, other = published_course(title="Shared"), published_course()
    complete(learner, shared)
    branch = rules.any_of(leaf(shared), leaf(other))

    page = shown(published_track(tree=rules.all_of(branch, branch, counts_once=True)))

    assert "Shared (completed)" in page
    assert "Shared (completed, but each course counts once)" in page


def test_what_is_under_way_is_said(learner, shown):
    course = published_course(title="Begun")
    EnrollmentFactory(learner=learner, run=course.runs.get())

    assert "Begun (in progress)" in shown(published_track(course))


def test_each_alternative_says_the_hours_left_by_it(learner, shown):
    short, long, rest = published_course(), published_course(lessons=3), published_course(lessons=4)
    complete(learner, long)
    tree = rules.any_of(rules.all_of(leaf(long), leaf(rest)), leaf(short))

    page = shown(published_track(tree=tree))

    choices = page.partition('id="choices"')[2].partition("</section>")[0]
    assert "2 h left of 3 h 30 min" in choices
    assert choices.index(short.title) < choices.index("Shortest")


def test_visitors_see_the_hours_of_each_alternative(client):
    short, long = published_course(title="Short"), published_course(title="Long", lessons=3)
    track = published_track(tree=rules.any_of(leaf(long), leaf(short)))

    page = " ".join(client.get(track.get_absolute_url()).text.split())

    choices = page.partition('id="choices"')[2].partition("</section>")[0]
    assert "1 h 30 min" in choices
    assert 'id="counted"' not in page


def test_who_keeps_an_older_version_sees_both(learner, shown):
    first, more = published_course(), published_course(lessons=5)
    track = published_track(first, published_course(lessons=2))
    joined = track.achievement.versions.get()
    complete(learner, first)
    Pursuit.objects.get_or_create(
        learner=learner,
        achievement=track.achievement,
        defaults={"version": joined, "joined_at": timezone.now()},
    )
    publish_track(track=track, tree=rules.all_of(leaf(first), leaf(more)), at=timezone.now())

    page = shown(track)

    assert "You joined by version 1" in page
    assert "By version 1, yours: 1 h left" in page
    assert "By version 2, the newest: 2 h 30 min left" in page


def test_the_page_of_a_learner_takes_few_queries(client, learner):
    skill = SkillFactory()
    old, new, proving = (published_course() for _ in range(3))
    below = published_track(published_course(), published_course())
    prove(proving, skill)
    tree = rules.all_of(leaf(new), leaf(below), rules.SkillLeaf(skill.pk), leaf(published_course()))
    track = published_track(tree=tree)
    state_equivalence(
        course=old,
        counts_as=new,
        since=datetime.date(2020, 1, 1),
        reason="The same",
        by=UserFactory(),
        at=timezone.now(),
    )
    for course in (old, proving):
        complete(learner, course)
    with CaptureQueriesContext(connection) as of_visitor:
        client.get(track.get_absolute_url())
    client.force_login(learner)

    with CaptureQueriesContext(connection) as of_learner:
        client.get(track.get_absolute_url())

    # The session and the reader, the frame of every page, and where they stand.
    assert len(of_learner) - len(of_visitor) <= 12


def test_what_else_would_count_is_listed_without_what_is_done_with(learner, shown):
    done, other, spare, open_one = (published_course(title=t) for t in ("Did", "Or", "Not", "Go"))
    tree = rules.all_of(
        rules.any_of(leaf(done), leaf(other)), rules.any_of(leaf(spare), leaf(open_one))
    )
    complete(learner, done)

    page = shown(published_track(tree=tree))

    would = page.partition('id="would"')[2].partition("</section>")[0]
    assert [title for title in ("Did", "Or", "Not", "Go") if f">{title}</a>" in would] == [
        "Not",
        "Go",
    ]
    assert "30 min" in would


def test_who_only_follows_an_older_version_reads_that_it_counts_for_them(learner, shown):
    one, other = published_course(title="One"), published_course(title="Other")
    track = published_track(one)
    follow(learner=learner, achievement=track.achievement, at=timezone.now())
    assert "You joined by version 1" not in shown(track)

    publish_track(track=track, tree=rules.all_of(leaf(one), leaf(other)), at=timezone.now())

    assert "You joined by version 1" in shown(track)


def test_what_is_refused_or_revoked_is_said_to_its_learner_alone(learner, shown, client):
    course = published_course()
    track = published_track(course)
    decided = {"by": UserFactory(), "at": TUESDAY}
    actions.refuse(
        learner=learner, achievement=track.achievement, reason="Under inquiry.", **decided
    )
    assert "does not award it to you: Under inquiry." in shown(track)
    actions.lift_refusal(refusal=learner.refusals.get(), reason="Done.", **decided)
    assert "Under inquiry." not in shown(track)

    complete(learner, course)
    award = learner.awards.get(achievement=track.achievement)
    actions.revoke(award=award, reason="Copied.", **decided)

    assert "Copied. Its rule does not award it to you again; a person can." in shown(track)
    assert "Copied." not in client.__class__().get(track.get_absolute_url()).text
