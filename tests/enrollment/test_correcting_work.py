"""Grades of handed-in work that are corrected, and what that does to the course."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from catalog.models import Unit
from enrollment import actions
from enrollment.actions import assignments
from enrollment.actions.assignments import Mark, best_scores
from enrollment.models import Enrollment, Review, Submission
from tests.enrollment.assignments import assignment_unit, graded, handed_in, mark, reviewer_of
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db

WEDNESDAY = TUESDAY + datetime.timedelta(days=1)


def correct(submission: Submission, points: int, reason: str = "A sum was wrong.") -> Review:
    criterion = submission.unit.criteria.get()
    return assignments.correct(
        submission=submission,
        by=reviewer_of(submission.unit, "curator"),
        marks={criterion.pk: Mark(points)},
        reason=reason,
        comment="",
        at=WEDNESDAY,
    )


def test_a_correction_counts_and_the_old_grade_stays(heard):
    submission = handed_in(assignment_unit(10))
    mark(submission, 4)

    correct(submission, 7)
    correct(submission, 9)

    now = graded(submission)
    assert (now.percent, now.grade, now.is_passed) == (40, 90, True)
    assert [review.percent for review in submission.reviews.all()] == [40, 70, 90]
    assert submission.enrollment.progress.get(unit=submission.unit).completed_at
    assert len(heard) == 3


def finish_course(enrollment: Enrollment) -> None:
    for unit in enrollment.run.course.units.all():
        actions.finish_unit(enrollment=enrollment, unit=unit, at=WEDNESDAY)
    enrollment.refresh_from_db()
    assert enrollment.is_completed


@pytest.mark.parametrize(("points", "grade"), [(10, 100), (6, 60), (2, 20)])
def test_a_correction_reaches_the_grade_of_the_course(points, grade):
    """Also where it is not enough any more: the completion stays until somebody undoes it."""
    submission = handed_in(assignment_unit(10))
    enrollment = submission.enrollment
    mark(submission, 9)
    finish_course(enrollment)
    assert enrollment.grade == 90

    correct(submission, points)

    enrollment.refresh_from_db()
    change = enrollment.corrections.get()
    assert (enrollment.is_completed, enrollment.grade) == (True, grade)
    assert (change.kind, change.grade_before, change.reason) == ("results", 90, "A sum was wrong.")
    assert change.by is not None


@pytest.mark.parametrize("first", [9, 4])
def test_a_pass_that_is_taken_back_does_not_raise_the_grade_of_the_course(first):
    """Whether the first grade or a correction of it was the pass."""
    submission = handed_in(assignment_unit(10))
    enrollment = submission.enrollment
    other = assignment_unit(10, course=submission.unit.course, position=10)
    mark(handed_in(other, enrollment), 10)
    mark(submission, first)
    correct(submission, 9)
    finish_course(enrollment)
    assert enrollment.grade == 95

    correct(submission, 2)

    enrollment.refresh_from_db()
    assert enrollment.grade == 60


def test_the_pass_of_a_test_that_stands_for_the_course_is_taken_back():
    unit = assignment_unit(10)
    Unit.objects.filter(pk=unit.pk).update(is_challenge=True, is_required=False)
    submission = handed_in(Unit.objects.get(pk=unit.pk))
    mark(submission, 9)

    correct(submission, 2)

    enrollment = Enrollment.objects.get()
    assert (enrollment.is_completed, enrollment.grade) == (True, 20)


def test_a_correction_that_is_below_the_least_grade_is_stated_and_undoes_nothing():
    unit = assignment_unit(10)
    submission = handed_in(unit)
    enrollment = submission.enrollment
    Enrollment.objects.update(min_grade=80)
    mark(submission, 9)
    finish_course(enrollment)

    correct(submission, 6)

    enrollment.refresh_from_db()
    assert (enrollment.is_completed, enrollment.grade) == (True, 60)


def test_a_grade_that_was_corrected_by_hand_stays():
    submission = handed_in(assignment_unit(10))
    enrollment = submission.enrollment
    mark(submission, 9)
    finish_course(enrollment)
    actions.correct_grade(
        enrollment=enrollment, grade=75, by=UserFactory(), reason="Oral.", at=WEDNESDAY
    )

    correct(submission, 6)

    enrollment.refresh_from_db()
    assert enrollment.grade == 75


def test_the_learner_is_told_why_a_grade_was_corrected():
    submission = handed_in(assignment_unit(10))
    mark(submission, 9)
    correct(submission, 6)

    first, second = submission.enrollment.learner.messages.filter(kind="graded").order_by("pk")

    assert "The reason given" not in first.text
    assert "graded: 60 %" in second.text
    assert "The reason given: A sum was wrong." in second.text


def test_a_correction_says_why():
    submission = handed_in(assignment_unit(10))
    mark(submission, 4)

    with pytest.raises(assignments.ReasonMissing):
        correct(submission, 7, reason="")


def test_only_a_grade_is_corrected():
    with pytest.raises(assignments.NotGraded):
        correct(handed_in(assignment_unit(10)), 7)


def test_the_best_scores_are_of_passed_work_after_corrections():
    unit = assignment_unit(100)
    first = handed_in(unit)
    mark(first, 30)
    second = handed_in(unit, first.enrollment)
    mark(second, 60)
    assert best_scores(first.enrollment) == {unit.pk: Decimal(60)}

    correct(first, 75)
    assert best_scores(first.enrollment) == {unit.pk: Decimal(75)}
    correct(first, 20)
    correct(second, 20)
    assert best_scores(first.enrollment) == {}
