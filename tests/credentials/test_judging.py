"""From rows to awards: versions, equivalents, terms, what is taken back, and the cost."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models.people import ERASED_DOMAIN
from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import AchievementVersion
from credentials import actions, traces
from credentials.actions.revoke import fallen
from credentials.models import (
    Award,
    AwardEvidence,
    AwardTrace,
    JudgementRequest,
    Pursuit,
    Recognition,
    Refusal,
)
from enrollment import actions as enrollment_actions
from enrollment.models import Enrollment
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
YEAR = 365 * DAY


def completed(learner, course, *, at=TUESDAY, grade=None):
    """A completion as it is recorded in the end, and the request to judge it."""
    enrollment = EnrollmentFactory(
        learner=learner, run=course.runs.get(), completed=True, completed_at=at, grade=grade
    )
    actions.request_judgement(learner_ids=[learner.pk], at=at)
    return enrollment


def judge_all(at=TUESDAY):
    while actions.judge_due(at=at):
        pass


def held(learner):
    return set(
        Award.objects.standing().filter(learner=learner).values_list("version__name", flat=True)
    )


def in_term(item, *, months, renewal="whole"):
    """Publish a version whose awards expire."""
    achievement = item.achievement
    draft = catalog_actions.draft_version(achievement=achievement)
    rules.store(draft, rules.load(achievement.versions.current().get()))
    draft.valid_months, draft.renewal = months, renewal
    draft.save()
    catalog_actions.publish_track(track=item, at=TUESDAY)


# --- What counts -------------------------------------------------------------------------------


def test_a_skill_is_shown_by_any_credential_that_proves_it_at_its_level(learner):
    skill = SkillFactory()
    course = published_course(title="Budgets")
    course.course_skills.create(skill=skill)
    outcome = course.outcomes.create(position=1, text="Plan a budget.", level="intermediate")
    outcome.skills.add(skill)
    catalog_actions.publish_course(course=course, at=TUESDAY)
    published_track(tree=rules.SkillLeaf(skill.pk, 2), title="Able")
    published_track(tree=rules.SkillLeaf(skill.pk, 3), title="Expert")
    completed(learner, course)

    judge_all()

    assert held(learner) == {"Budgets", "Able"}


def test_a_retired_course_lives_on_in_what_counts_as_it(learner, curator):
    old, new = published_course(title="Old"), published_course(title="New")
    published_track(old, title="Track")
    completed(learner, new)
    judge_all()
    assert held(learner) == {"New"}

    catalog_actions.state_equivalence(
        course=new,
        counts_as=old,
        since=TUESDAY.date(),
        reason="It took its place.",
        by=curator,
        at=TUESDAY,
    )
    judge_all()

    # Nobody is said to have done the old course in its own name.
    assert held(learner) == {"New", "Track"}


def test_what_was_completed_before_the_day_counts_as_nothing_else(learner, curator):
    old, new = published_course(title="Old"), published_course(title="New")
    published_track(old, title="Track")
    completed(learner, new)
    catalog_actions.state_equivalence(
        course=new,
        counts_as=old,
        since=(TUESDAY + DAY).date(),
        reason="It took its place.",
        by=curator,
        at=TUESDAY,
    )

    judge_all()

    assert "Track" not in held(learner)


def test_equivalents_are_followed_through_and_circles_end(learner, curator):
    first, second, third = (published_course(title=name) for name in ("1", "2", "3"))
    published_track(first, title="Track")
    for course, counts_as in ((third, second), (second, first), (first, third)):
        catalog_actions.state_equivalence(
            course=course,
            counts_as=counts_as,
            since=TUESDAY.date(),
            reason="The same.",
            by=curator,
            at=TUESDAY,
        )
    completed(learner, third)

    judge_all()

    assert "Track" in held(learner)


@pytest.mark.parametrize(("allowed", "met"), [(True, True), (False, False)])
def test_recognized_prior_learning_counts_where_the_rule_allows_it(learner, curator, allowed, met):
    course = published_course(title="Course")
    published_track(tree=rules.CourseLeaf(course.pk, allows_prior_learning=allowed), title="Track")
    Recognition.objects.create(
        learner=learner, course=course, recognized_at=TUESDAY, by=curator, reason="Seen."
    )
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    judge_all()

    assert ("Track" in held(learner)) is met
    assert "Course" not in held(learner)


@pytest.mark.parametrize("by", ["provider", "another", "nobody"])
def test_recognized_prior_learning_is_of_who_recognizes_it(learner, curator, by):
    course = published_course(title="Course")
    organizations = {"provider": course.provider, "another": OrganizationFactory()}
    tree = rules.CourseLeaf(course.pk, issuer_id=course.provider_id, allows_prior_learning=True)
    published_track(tree=tree, title="Track")
    Recognition.objects.create(
        learner=learner,
        course=course,
        organization=organizations.get(by),
        recognized_at=TUESDAY,
        by=curator,
        reason="Seen.",
    )
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    judge_all()

    assert ("Track" in held(learner)) is (by == "provider")


def test_ects_add_up(learner):
    first, second = published_course(title="1", ects="1.5"), published_course(title="2", ects=1)
    tree = rules.Group("ects", (leaf(first), leaf(second)), 250)
    published_track(tree=tree, title="Track")
    completed(learner, first)
    judge_all()
    assert "Track" not in held(learner)

    completed(learner, second)
    judge_all()

    assert "Track" in held(learner)


def test_a_sum_that_cannot_be_reached_is_not_published():
    course = published_course(ects=1)

    with pytest.raises(rules.InvalidRule, match="come to 1 ECTS"):
        published_track(tree=rules.Group("ects", (leaf(course),), 101))


# --- Versions ----------------------------------------------------------------------------------


def test_whoever_is_under_way_keeps_the_version_they_joined(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()

    catalog_actions.publish_track(
        track=track, at=TUESDAY + DAY, tree=rules.all_of(*map(leaf, (first, second, third)))
    )
    completed(learner, second, at=TUESDAY + DAY)
    judge_all(TUESDAY + DAY)

    award = Award.objects.get(version__name="Track")
    assert award.version.number == 1


def test_what_only_the_joined_version_names_is_noticed(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()
    catalog_actions.publish_track(track=track, at=TUESDAY, tree=rules.all_of(leaf(third)))

    completed(learner, second)
    judge_all()

    assert Award.objects.get(version__name="Track").version.number == 1


def test_whoever_meets_the_newest_version_is_awarded_by_that(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(third))
    )

    completed(learner, third)
    judge_all()

    assert Award.objects.get(version__name="Track").version.number == 2


def test_whoever_begins_later_has_only_the_newest(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, title="Track")
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(second))
    )

    completed(learner, first)
    judge_all()

    assert "Track" not in held(learner)


def test_a_pursuit_is_of_a_published_version_of_its_own(learner):
    track, other = published_track(published_course()), published_track(published_course())

    with pytest.raises(IntegrityError, match="pursuit_of_its_own"), transaction.atomic():
        Pursuit.objects.create(
            learner=learner,
            achievement=track.achievement,
            version=other.achievement.versions.get(),
            joined_at=TUESDAY,
        )


# --- Terms -------------------------------------------------------------------------------------


def test_an_award_has_the_term_of_its_version(learner):
    course = published_course()
    track = published_track(course, title="Track")
    in_term(track, months=12)
    completed(learner, course)

    judge_all()

    award = Award.objects.get(version__name="Track")
    assert award.expires_at == TUESDAY.replace(year=TUESDAY.year + 1)


def test_an_expired_part_does_not_count(learner):
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, title="Lower")
    in_term(lower, months=1)
    published_track(tree=rules.all_of(leaf(lower), leaf(second)), title="Upper")
    completed(learner, first)
    judge_all()

    later = TUESDAY + 100 * DAY
    completed(learner, second, at=later)
    judge_all(later)

    assert "Upper" not in held(learner)


def test_a_whole_renewal_takes_all_of_it_again(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, second, title="Track")
    in_term(track, months=12)
    for course in (first, second):
        completed(learner, course)
    judge_all()

    later = TUESDAY + 300 * DAY
    _again(learner, first, at=later)
    judge_all(later)
    assert Award.objects.filter(version__name="Track").count() == 1

    _again(learner, second, at=later)
    judge_all(later)

    old, new = Award.objects.filter(version__name="Track").order_by("number")
    assert new.renews == old
    # Nothing of the old term is lost.
    assert new.expires_at == old.expires_at.replace(year=old.expires_at.year + 1)


def test_a_delta_renewal_takes_only_what_has_changed(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, second, title="Track")
    in_term(track, months=12, renewal="delta")
    for course in (first, second):
        completed(learner, course)
    judge_all()
    type(second).objects.filter(pk=second.pk).update(edition=2)

    later = TUESDAY + 300 * DAY
    catalog_actions.rules_changed()
    _again(learner, second, at=later, edition=2)
    judge_all(later)

    assert Award.objects.filter(version__name="Track").count() == 2


def test_what_has_long_to_go_is_not_renewed(learner):
    course = published_course(title="A")
    track = published_track(course, title="Track")
    in_term(track, months=24)
    completed(learner, course)
    judge_all()

    _again(learner, course, at=TUESDAY + 30 * DAY)
    judge_all(TUESDAY + 30 * DAY)

    assert Award.objects.filter(version__name="Track").count() == 1


def _again(learner, course, *, at, edition=1):
    """The course taken once more, in another run."""
    run = course.runs.create()
    EnrollmentFactory(learner=learner, run=run, completed=True, completed_at=at, edition=edition)
    actions.request_judgement(learner_ids=[learner.pk], at=at)


# --- What is taken back ------------------------------------------------------------------------


@pytest.fixture
def curator():
    return UserFactory()


@pytest.fixture
def stack():
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, second, title="Lower")
    published_track(lower, title="Upper")
    return first, second


def test_a_completion_that_is_undone_takes_along_what_rests_on_it(learner, curator, stack):
    enrollments = [completed(learner, course) for course in stack]
    judge_all()

    enrollment_actions.reopen(
        enrollment=enrollments[0], by=curator, reason="A mistake.", at=TUESDAY
    )

    assert held(learner) == {"B"}
    causes = Award.objects.exclude(revoked_at=None).values_list("revocation_cause", flat=True)
    assert set(causes) == {Award.Cause.EVIDENCE}


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


# --- Traces ------------------------------------------------------------------------------------


def test_an_award_is_written_with_what_it_rests_on(learner, stack):
    for course in stack:
        completed(learner, course)
    judge_all()

    upper = Award.objects.get(version__name="Upper")
    lower = Award.objects.get(version__name="Lower")
    document = json.loads(upper.trace.document)

    assert upper.evidence.get().supporting_award == lower
    assert document["evidence"][0]["pk"] == lower.pk
    assert document["rule"][1]["achievement_id"] == lower.achievement_id
    assert upper.trace.digest == traces.digest_of(upper.trace.document)
    assert traces.facts_of(upper.trace)[1].pk == lower.pk


def test_a_trace_never_changes(learner, stack):
    completed(learner, stack[0])
    judge_all()

    with pytest.raises(IntegrityError, match="award_trace_never_changes"), transaction.atomic():
        AwardTrace.objects.update(document="{}")


def test_a_leaf_has_one_fact(learner, stack):
    enrollment = completed(learner, stack[0])
    judge_all()
    award = Award.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvidence.objects.create(award=award, node_number=0, enrollment=enrollment)


# --- Cost --------------------------------------------------------------------------------------


def judging_queries(learner):
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    with CaptureQueriesContext(connection) as captured:
        actions.judge_due(at=TUESDAY)
    return [
        query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]


def test_judging_takes_three_queries_however_many_rules_there_are(learner, stack):
    completed(learner, stack[0])
    judge_all()
    few = judging_queries(learner)
    for _ in range(8):
        published_track(stack[0], stack[1])
    judging_queries(learner)

    many = judging_queries(learner)

    assert len(few) == len(many) <= 3


def test_a_batch_takes_no_more_queries_than_one(stack):
    learners = UserFactory.create_batch(5)
    for learner in learners:
        completed(learner, stack[0])
    judge_all()
    for learner in learners:
        actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    with CaptureQueriesContext(connection) as captured:
        actions.judge_due(at=TUESDAY)

    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) <= 3
    assert not JudgementRequest.objects.exists()
    assert Enrollment.objects.completed().count() == 5


def test_nobody_is_awarded_anything_once_erased(learner, stack):
    completed(learner, stack[0])
    type(learner).objects.filter(pk=learner.pk).update(
        erased_at=TUESDAY, email=f"1@{ERASED_DOMAIN}", credential_name="", is_active=False
    )

    judge_all()

    assert not Award.objects.exists()
    assert not JudgementRequest.objects.exists()


def test_a_track_that_is_edited_keeps_its_term():
    first, second = published_course(), published_course()
    track = published_track(first)
    in_term(track, months=12, renewal="delta")

    catalog_actions.draft_version(achievement=track.achievement)
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(second))
    )

    newest = track.achievement.versions.current().get()
    assert (newest.number, newest.valid_months, newest.renewal) == (3, 12, "delta")
