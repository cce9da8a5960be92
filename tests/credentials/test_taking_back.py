"""What is taken back with its evidence, what is awarded anew, and what holds an award up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import AchievementVersion
from credentials import actions
from credentials.actions.falling import fallen
from credentials.lifetimes import life_of
from credentials.models import Award, Credential, Refusal
from enrollment import actions as enrollment_actions
from tests.credentials.awards import issue_all
from tests.credentials.judging import DAY, completed, held, in_term, judge_all
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def test_a_completion_that_is_undone_takes_along_what_rests_on_it(learner, curator, stack):
    enrollments = [completed(learner, course) for course in stack]
    judge_all()

    enrollment_actions.reopen(
        enrollment=enrollments[0], by=curator, reason="A mistake.", at=TUESDAY
    )

    assert held(learner) == {"B"}
    causes = Award.objects.exclude(revoked_at=None).values_list("revocation_cause", flat=True)
    assert set(causes) == {Award.Cause.EVIDENCE}


def test_pages_say_that_a_completion_was_taken_back(learner, curator, stack, admin_client):
    enrollment = completed(learner, stack[0])
    judge_all()
    issue_all()
    award = Award.objects.get(achievement=stack[0].achievement)

    enrollment_actions.reopen(enrollment=enrollment, by=curator, reason="A mistake.", at=TUESDAY)

    page = admin_client.get(reverse("admin:credentials_award_change", args=[award.pk]))
    assert "whose completion was taken back" in page.text
    shown = admin_client.get(award.credentials.get().get_absolute_url())
    assert "whose completion was taken back" in shown.text
    assert "completed on" not in shown.text


def test_what_fell_with_its_evidence_comes_back_with_it(learner, curator, stack):
    enrollments = [completed(learner, course) for course in stack]
    judge_all()
    enrollment_actions.reopen(
        enrollment=enrollments[0], by=curator, reason="A mistake.", at=TUESDAY
    )

    enrollment_actions.complete_by_hand(
        enrollment=enrollments[0], by=curator, reason="It was right.", at=TUESDAY
    )
    judge_all()

    assert held(learner) == {"A", "B", "Lower", "Upper"}
    assert Award.objects.get(version__name="Upper", number=2).renews.number == 1


def test_what_somebody_revoked_stays_revoked_whatever_is_earned(learner, curator, stack):
    for course in stack:
        completed(learner, course)
    judge_all()
    lower = Award.objects.get(version__name="Lower")
    actions.revoke(award=lower, by=curator, reason="Somebody else took the test.", at=TUESDAY)

    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    judge_all()

    assert held(learner) == {"A", "B"}


def test_a_grade_that_is_corrected_down_takes_the_award_along(learner, curator):
    course = published_course(title="A")
    published_track(tree=rules.CourseLeaf(course.pk, min_grade=Decimal(80)), title="Good")
    enrollment = completed(learner, course, grade=Decimal(85))
    judge_all()
    assert "Good" in held(learner)

    enrollment_actions.correct_grade(
        enrollment=enrollment, grade=Decimal(70), by=curator, reason="Added up.", at=TUESDAY
    )

    assert held(learner) == {"A"}


def test_a_grade_that_is_corrected_up_earns(learner, curator):
    course = published_course(title="A")
    published_track(tree=rules.CourseLeaf(course.pk, min_grade=Decimal(80)), title="Good")
    enrollment = completed(learner, course, grade=Decimal(70))
    judge_all()

    enrollment_actions.correct_grade(
        enrollment=enrollment, grade=Decimal(85), by=curator, reason="Added up.", at=TUESDAY
    )
    judge_all()

    assert "Good" in held(learner)


def test_evidence_that_rests_on_an_award_does_not_hold_it_up(learner, curator):
    """B proves the skill that A asked for, but B itself stands on A."""
    skill = SkillFactory()
    course = published_course(title="Course")
    course.course_skills.create(skill=skill)
    catalog_actions.publish_course(course=course, at=TUESDAY)
    a = published_track(tree=rules.SkillLeaf(skill.pk), title="A")
    published_track(tree=rules.AchievementLeaf(a.achievement.pk), title="B")
    b = AchievementVersion.objects.get(name="B")
    enrollment = completed(learner, course)
    judge_all()
    assert held(learner) == {"Course", "A", "B"}
    assert b.version_skills.count() == 0  # it proves what A names, and A names no course

    enrollment_actions.reopen(enrollment=enrollment, by=curator, reason="Wrong.", at=TUESDAY)

    assert held(learner) == set()


def test_awards_that_only_hold_up_each_other_fall(learner, curator):
    """Each proves the skill that would do for the other, and both were earned by the course."""
    skill = SkillFactory()
    course = published_course(title="Course")
    course.course_skills.create(skill=skill)
    catalog_actions.publish_course(course=course, at=TUESDAY)
    either = rules.any_of(leaf(course), rules.SkillLeaf(skill.pk))
    for title in ("A", "B"):
        published_track(tree=either, title=title)
    enrollment = completed(learner, course)
    judge_all()
    assert held(learner) == {"Course", "A", "B"}

    enrollment_actions.reopen(enrollment=enrollment, by=curator, reason="Wrong.", at=TUESDAY)

    assert held(learner) == set()


def test_other_evidence_holds_an_award_up(learner, curator):
    first, second = published_course(title="A"), published_course(title="B")
    published_track(tree=rules.any_of(leaf(first), leaf(second)), title="Either")
    enrollment = completed(learner, first)
    judge_all()
    completed(learner, second)
    judge_all()

    enrollment_actions.reopen(enrollment=enrollment, by=curator, reason="Wrong.", at=TUESDAY)

    assert held(learner) == {"B", "Either"}


def test_a_course_that_is_shortened_takes_no_credits_away(learner):
    course, other = published_course(title="A", lessons=2), published_course(title="B")
    published_track(tree=rules.Group("credits", (leaf(course),), 60), title="Hours")
    completed(learner, course)
    judge_all()
    assert "Hours" in held(learner)

    AchievementVersion.objects.filter(achievement__course=other)
    course.units.all()[0].delete()
    catalog_actions.publish_course(course=course, at=TUESDAY + DAY)

    assert fallen([learner.pk]) == []


def test_a_refusal_keeps_a_rule_from_awarding(learner, curator, stack):
    achievement = stack[0].achievement
    Refusal.objects.create(
        learner=learner,
        achievement=achievement,
        by=curator,
        reason="Under inquiry.",
        refused_at=TUESDAY,
    )
    completed(learner, stack[0])

    judge_all()

    assert held(learner) == set()


def test_a_renewal_that_has_fallen_is_not_made_again_by_what_it_renewed(learner, curator):
    """Else what was done once would be good for a second term."""
    course = published_course(title="A")
    track = published_track(course, title="Track")
    in_term(track, months=12)
    completed(learner, course)
    judge_all()
    soon = TUESDAY + 300 * DAY
    again = EnrollmentFactory(
        learner=learner, run=course.runs.create(), completed=True, completed_at=soon
    )
    actions.request_judgement(learner_ids=[learner.pk], at=soon)
    judge_all(soon)
    second, first = Award.objects.filter(achievement=track.achievement)
    issue_all(at=soon)

    enrollment_actions.reopen(enrollment=again, by=curator, reason="Not done.", at=soon)
    judge_all(soon)

    assert list(Award.objects.standing().filter(achievement=track.achievement)) == [first]
    life = life_of(Credential.objects.get(award=first), at=soon, is_holder=True)
    assert (life.later, life.is_renewable) == (None, True)
    with pytest.raises(actions.CannotDecide, match="holds this"):
        actions.refuse(
            learner=learner, achievement=track.achievement, by=curator, reason="No.", at=soon
        )

    enrollment_actions.complete_by_hand(
        enrollment=again, by=curator, reason="Done after all.", at=soon + DAY
    )
    judge_all(soon + DAY)

    third = Award.objects.filter(achievement=track.achievement).first()
    assert (third.number, third.renews, third.expires_at) == (3, second, second.expires_at)
