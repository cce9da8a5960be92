"""What a course asks for beforehand."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from catalog import prerequisites, rules
from catalog.actions import publish_course
from catalog.models import CourseSkill, Prerequisite
from credentials.actions import judge_due
from enrollment import actions
from enrollment.models import Enrollment, Exemption
from enrollment.requirements import requirements
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    UserFactory,
    complete,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    return published_course(title="Numbers")


@pytest.fixture
def second(first):
    course = published_course(title="Models")
    prerequisites.store(course, rules.all_of(rules.CourseLeaf(first.pk)))
    return course


def enroll(course, learner):
    return actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)


def test_whoever_lacks_it_is_told_what(second):
    with pytest.raises(actions.NotAdmitted, match="Numbers"):
        enroll(second, UserFactory())
    assert not Enrollment.objects.exists()


def test_each_part_is_said_with_whether_one_has_it(first):
    course, track, skill = published_course(), published_track(first), SkillFactory()
    parts = rules.CourseLeaf(first.pk), leaf(track), rules.SkillLeaf(skill.pk)
    prerequisites.store(course, rules.all_of(*parts))
    learner = UserFactory()
    complete(enrollment=EnrollmentFactory(learner=learner, run=first.runs.get()), at=TUESDAY)

    found = requirements(learner, course, at=TUESDAY)

    assert [(one.page, one.is_met) for one in found] == [
        (first, True),
        (track, False),
        (skill, False),
    ]


def test_the_page_leads_to_what_is_missing(first, second, client):
    client.force_login(UserFactory(credential_name="Ada"))

    page = client.post(f"/courses/runs/{second.runs.get().public_id}/enroll", follow=True)

    assert f'<a href="{first.get_absolute_url()}">Numbers</a>' in page.text
    assert "Still missing" in page.text


def test_whoever_has_it_gets_in(first, second):
    learner = UserFactory()
    complete(enrollment=EnrollmentFactory(learner=learner, run=first.runs.get()), at=TUESDAY)

    assert enroll(second, learner).is_active
    assert enroll(second, learner).is_active


def test_a_skill_counts_wherever_it_was_learned(second):
    skill = SkillFactory(label="reckon")
    prerequisites.store(second, rules.all_of(rules.SkillLeaf(skill.pk)))
    elsewhere = published_course()
    CourseSkill.objects.create(course=elsewhere, skill=skill)
    publish_course(course=elsewhere, at=TUESDAY)
    learner = UserFactory()
    with pytest.raises(actions.NotAdmitted, match="reckon"):
        enroll(second, learner)

    complete(enrollment=EnrollmentFactory(learner=learner, run=elsewhere.runs.get()), at=TUESDAY)
    judge_due(at=TUESDAY)

    assert enroll(second, learner).is_active


def test_an_exemption_lets_in(second):
    learner = UserFactory()
    asked = actions.ask_exemption(
        learner=learner, course=second, reason="Ten years at a bank", at=TUESDAY
    )
    assert actions.ask_exemption(learner=learner, course=second, reason="x", at=TUESDAY) == asked
    with pytest.raises(actions.NotAdmitted):
        enroll(second, learner)

    actions.decide_exemption(
        exemption=asked, is_granted=True, by=UserFactory(), answer="Welcome", at=TUESDAY
    )

    assert enroll(second, learner).is_active
    assert learner.messages.filter(kind="request_decided").count() == 1


def test_a_rule_that_cannot_be_read_lets_nobody_in(second):
    second.prerequisite_nodes.filter(number=1).update(parent_number=0, operator="course")
    second.prerequisite_nodes.filter(number=0).delete()

    with pytest.raises(actions.NotAdmitted):
        enroll(second, UserFactory())


def test_a_course_does_not_ask_for_itself(first):
    with pytest.raises(rules.InvalidRule):
        prerequisites.store(first, rules.all_of(rules.CourseLeaf(first.pk)))
    with pytest.raises(IntegrityError):
        Prerequisite.objects.create(of_course=first, number=0, operator="course", course=first)


def test_an_exemption_is_open_or_granted_once(second):
    learner = UserFactory()
    values = {"learner": learner, "course": second, "reason": "x", "asked_at": TUESDAY}
    Exemption.objects.create(**values)

    with pytest.raises(IntegrityError):
        Exemption.objects.create(**values)
