"""From rows to awards: what counts, what is written down, and the cost."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models.people import ERASED_DOMAIN
from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions, traces
from credentials.models import Award, AwardEvidence, AwardTrace, JudgementRequest, Recognition
from enrollment.models import Enrollment
from tests.credentials.judging import DAY, completed, held, judge_all
from tests.factories import (
    TUESDAY,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


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
