"""Who corrects a grade or takes a completion back is shown first what falls with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog import rules
from credentials.models import Award
from tests.admin_pages import url
from tests.credentials.awards import issue_all
from tests.credentials.judging import completed, held, judge_all
from tests.factories import EnrollmentFactory, published_course, published_track

NOTHING = "Nothing: no other award of the learner rests on it."
pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(learner):
    """A course, a track that asks for 80 % of it, one that asks for its credential with 75 %."""
    course = published_course(title="A")
    published_track(tree=rules.CourseLeaf(course.pk, min_grade=Decimal(80)), title="Good")
    upon = rules.AchievementLeaf(course.achievement.pk, min_grade=Decimal(75))
    published_track(tree=upon, title="Upon it")
    done = completed(learner, course, grade=Decimal(85))
    judge_all()
    issue_all()
    assert held(learner) == {"A", "Good", "Upon it"}
    return done


def page(enrollment, name):
    return url("enrollment_enrollment_decide", enrollment.pk, name)


def falling(answer):
    return {award.version.name for award in answer.context["falling"]}


@pytest.mark.parametrize("name", ["reopen", "fail"])
def test_what_rests_on_a_completion_is_shown_before_it_is_undone(
    admin_client, enrollment, learner, name
):
    shown = admin_client.get(page(enrollment, name))

    assert falling(shown) == {"A", "Good", "Upon it"}
    assert held(learner) == {"A", "Good", "Upon it"}
    done = admin_client.post(page(enrollment, name), {"reason": "Copied."}, follow=True)
    assert "3 awards revoked." in done.text
    assert held(learner) == set()


@pytest.mark.parametrize(
    ("grade", "falls"), [("78", {"Good"}), ("70", {"Good", "Upon it"}), ("0", {"Good", "Upon it"})]
)
def test_a_grade_that_takes_something_is_asked_for_again(
    admin_client, enrollment, learner, grade, falls
):
    said = {"reason": "Added up.", "grade": grade}

    asked = admin_client.post(page(enrollment, "grade"), said)

    assert falling(asked) == falls
    assert "Nothing is changed yet" in asked.text
    assert held(learner) == {"A", "Good", "Upon it"}
    confirmed = said | {"shown": asked.context["shown"]}
    done = admin_client.post(page(enrollment, "grade"), confirmed, follow=True)
    assert f"{len(falls)} award{'s' if len(falls) > 1 else ''} revoked." in done.text
    assert held(learner) == {"A", "Good", "Upon it"} - falls


def test_another_grade_than_the_one_shown_is_asked_for_again(admin_client, enrollment, learner):
    said = {"reason": "Added up.", "grade": "70", "shown": "78"}

    asked = admin_client.post(page(enrollment, "grade"), said)

    assert falling(asked) == {"Good", "Upon it"}
    assert held(learner) == {"A", "Good", "Upon it"}


def test_a_grade_that_takes_nothing_is_corrected_at_once(admin_client, enrollment, learner):
    said = {"reason": "Added up.", "grade": "80"}

    done = admin_client.post(page(enrollment, "grade"), said, follow=True)

    assert "Correct the grade: done." in done.text
    assert "revoked." not in str(*done.context["messages"])
    assert Award.objects.get(version__name="A").grade == 80


def test_what_other_evidence_holds_up_is_not_shown(admin_client, enrollment, learner):
    course = enrollment.run.course
    again = published_course(title="B")
    published_track(tree=rules.any_of(rules.CourseLeaf(course.pk), rules.CourseLeaf(again.pk)))
    completed(learner, again)
    judge_all()

    shown = admin_client.get(page(enrollment, "reopen"))

    assert falling(shown) == {"A", "Good", "Upon it"}


def test_who_still_takes_the_course_has_nothing_to_lose(admin_client, learner):
    enrollment = EnrollmentFactory(learner=learner, run=published_course().runs.get())

    assert admin_client.get(page(enrollment, "fail")).context["falling"] is None
