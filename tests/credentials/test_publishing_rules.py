"""Publishing a rule when many are touched by it: who is kept, who is judged, and at what cost."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions
from credentials.actions import judgement_requests
from credentials.models import Award, JudgementRequest, Pursuit
from enrollment import actions as enrollment_actions
from enrollment.models import Enrollment
from lib.inserting import insert_for_each
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

LATER = TUESDAY + datetime.timedelta(days=1)


def publish_anew(track, *parts):
    return catalog_actions.publish_track(
        track=track, at=LATER, tree=rules.all_of(*map(leaf, parts))
    )


def completions(course, count):
    """As many learners who have completed the course, without a judgement of any."""
    run = course.runs.get()
    known = User.objects.count()
    learners = User.objects.bulk_create(
        User(email=f"{known + n}@learners.example") for n in range(count)
    )
    Enrollment.objects.bulk_create(
        Enrollment(
            learner=learner,
            run=run,
            status=Enrollment.Status.COMPLETED,
            enrolled_at=TUESDAY,
            completed_at=TUESDAY,
            completed_by=Enrollment.CompletedBy.UNITS,
        )
        for learner in learners
    )


def test_publishing_asks_as_often_for_a_thousand_as_for_ten():
    course, more, other = (published_course(title=f"Course {n}") for n in range(3))
    asked = []
    for count, parts in ((10, (course, more, other)), (990, (course, other))):
        track = published_track(course, more, title=f"Of {count}")
        completions(course, count)
        with CaptureQueriesContext(connection) as queries:
            publish_anew(track, *parts)
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert Pursuit.objects.count() == 10 + 1000
    assert JudgementRequest.objects.values("learner").distinct().count() == 1000


def test_an_insertion_repeats_nothing(learner):
    track = published_track(published_course())
    values = User.objects.filter(pk=learner.pk).values("pk")
    columns = {
        "achievement": track.achievement.pk,
        "version": track.achievement.versions.get().pk,
        "joined_at": TUESDAY,
        "is_chosen": False,
    }

    first = insert_for_each(Pursuit, "learner", values, **columns)
    again = insert_for_each(Pursuit, "learner", values, **columns)

    assert (first, again) == (1, 0)
    assert Pursuit.objects.get().joined_at == TUESDAY


def test_an_insertion_of_nothing_inserts_nothing():
    nobody = User.objects.filter(pk__in=[]).values("pk")

    assert insert_for_each(JudgementRequest, "learner", nobody, requested_at=TUESDAY) == 0


def test_whoever_counts_by_way_of_another_course_keeps_the_version(learner):
    first, second, third, more = (published_course(title=f"Course {n}") for n in range(4))
    for course, counts_as in ((first, second), (second, third)):
        catalog_actions.state_equivalence(
            course=course,
            counts_as=counts_as,
            since=TUESDAY.date(),
            reason="The same.",
            by=UserFactory(),
            at=TUESDAY,
        )
    track = published_track(third)
    EnrollmentFactory(learner=learner, run=first.runs.get(), completed=True)

    publish_anew(track, third, more)
    while actions.judge_due(at=LATER):
        pass

    award = Award.objects.get(learner=learner, achievement=track.achievement)
    assert award.version.number == 1


def test_what_is_still_to_be_judged_below_keeps_the_version_above(learner):
    course, more = published_course(title="Course"), published_course(title="More")
    lower = published_track(course, title="Lower")
    upper = published_track(lower, title="Upper")
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    judgement_requests.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    publish_anew(upper, lower, more)
    while actions.judge_due(at=LATER):
        pass

    award = Award.objects.get(learner=learner, achievement=upper.achievement)
    assert award.version.number == 1


def test_whoever_learns_what_proves_a_skill_keeps_the_version(learner):
    skill = SkillFactory()
    course, more = published_course(title="Course"), published_course(title="More")
    course.course_skills.create(skill=skill)
    catalog_actions.publish_course(course=course, at=TUESDAY)
    track = published_track(tree=rules.all_of(rules.SkillLeaf(skill.pk)))
    enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)

    publish_anew(track, more)

    assert Pursuit.objects.get().learner == learner


def test_whose_award_fell_with_its_evidence_keeps_the_version(learner):
    course, more = published_course(title="Course"), published_course(title="More")
    other = published_course(title="Other")
    track = published_track(course, other)
    for one in (course, other):
        EnrollmentFactory(learner=learner, run=one.runs.get(), completed=True)
    judgement_requests.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    while actions.judge_due(at=TUESDAY):
        pass
    enrollment_actions.reopen(
        enrollment=learner.enrollments.get(run__course=other),
        by=UserFactory(),
        reason="A mistake.",
        at=TUESDAY,
    )

    publish_anew(track, course, other, more)

    assert Pursuit.objects.get(achievement=track.achievement).version.number == 1


def test_who_holds_the_award_joins_nothing(learner):
    course, more = published_course(title="Course"), published_course(title="More")
    track = published_track(course)
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    judgement_requests.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    while actions.judge_due(at=TUESDAY):
        pass

    publish_anew(track, course, more)

    assert not Pursuit.objects.exists()
