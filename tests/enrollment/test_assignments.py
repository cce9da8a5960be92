from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError

from catalog import actions as catalog_actions
from catalog.models import Criterion, CriterionLevel
from enrollment import actions
from enrollment.actions import assignments
from enrollment.models import CriterionMark, Enrollment, Review, Submission
from tests.enrollment.assignments import (
    assignment_unit,
    enrolled,
    graded,
    handed_in,
    mark,
    reviewer_of,
)
from tests.factories import TUESDAY, CourseFactory, EnrollmentFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

WEDNESDAY = TUESDAY + datetime.timedelta(days=1)


def test_a_course_is_not_published_while_an_assignment_has_no_criterion():
    unit = UnitFactory(course=CourseFactory(), kind="assignment", title="Essay")

    with pytest.raises(catalog_actions.CannotPublish, match='"Essay" has no criterion'):
        catalog_actions.publish_course(course=unit.course, at=TUESDAY)


def test_what_completes_a_course_names_its_assignments():
    unit = assignment_unit()

    version = catalog_actions.publish_course(course=unit.course, at=WEDNESDAY)

    assert "quizzes and assignments" in version.criteria


@pytest.mark.parametrize(
    ("out_of", "points", "percent"),
    [
        ((3,), (2,), "66.67"),
        ((3,), (1,), "33.33"),
        ((8, 8), (8, 7), "93.75"),
        ((1000, 600), (1, 0), "0.06"),
        ((4, 1), (4, 1), "100"),
        ((4, 1), (0, 0), "0"),
    ],
)
def test_the_grade_is_the_share_of_the_points(out_of, points, percent):
    submission = handed_in(assignment_unit(*out_of))

    mark(submission, *points)

    assert graded(submission).grade == Decimal(percent)


@pytest.mark.parametrize(("points", "is_passed"), [(50, True), (49, False)])
def test_passing_begins_at_the_units_percent(points: int, is_passed: bool):
    submission = handed_in(assignment_unit(100))

    mark(submission, points)

    assert graded(submission).is_passed is is_passed
    progress = submission.enrollment.progress.get(unit=submission.unit)
    assert (progress.completed_at is not None) is is_passed


def test_a_pass_completes_the_course_with_its_last_unit():
    submission = handed_in(assignment_unit())
    lesson = submission.enrollment.run.course.units.get(kind="lesson")
    actions.finish_unit(enrollment=submission.enrollment, unit=lesson, at=TUESDAY)

    mark(submission, 10)

    assert Enrollment.objects.get(pk=submission.enrollment_id).is_completed


def test_what_it_takes_to_pass_is_fixed_when_the_work_is_handed_in():
    submission = handed_in(assignment_unit(100))
    unit = submission.unit
    unit.pass_percent = 90
    unit.save()

    mark(submission, 60)

    assert graded(submission).is_passed


def test_two_markers_give_the_mean_rounded_half_up():
    submission = handed_in(assignment_unit(3, 1000, second_marker=True))

    mark(submission, 3, 499)
    assert graded(submission).is_waiting
    mark(submission, 3, 500)

    # 50.0499… and 50.1495…
    assert graded(submission).grade == Decimal("50.10")


def test_a_half_of_the_last_place_goes_up():
    first, second = Review(percent=Decimal("66.67")), Review(percent=Decimal("66.66"))

    assert assignments.settled([first, second], two_mark=True) == Decimal("66.67")


@pytest.mark.parametrize(
    ("second", "grade"), [("70", "75.00"), ("69.99", None), ("90", "85.00"), ("90.01", None)]
)
def test_more_than_ten_points_apart_a_third_decides(second: str, grade: str | None):
    reviews = [Review(percent=Decimal(80)), Review(percent=Decimal(second))]

    assert assignments.settled(reviews, two_mark=True) == (grade and Decimal(grade))


def test_the_deciding_review_is_the_grade():
    submission = handed_in(assignment_unit(100, second_marker=True))

    for points in (40, 80, 55):
        mark(submission, points)

    assert graded(submission).grade == 55
    assert [review.marker for review in submission.reviews.all()] == [1, 2, 3]


def test_the_same_person_is_not_the_second_marker():
    submission = handed_in(assignment_unit(second_marker=True))
    reviewer = reviewer_of(submission.unit)
    mark(submission, 5, by=reviewer)

    with pytest.raises(assignments.AlreadyMarked):
        mark(submission, 5, by=reviewer)


def test_nobody_marks_their_own_work():
    unit = assignment_unit()
    reviewer = reviewer_of(unit)
    submission = handed_in(unit, enrolled(unit, reviewer))

    with pytest.raises(assignments.OwnWork):
        mark(submission, 10, by=reviewer)


def test_the_database_knows_that_nobody_marks_their_own_work():
    submission = handed_in(assignment_unit())

    with pytest.raises(IntegrityError, match="review_never_of_ones_own_work"):
        Review.objects.create(
            submission=submission,
            reviewer=submission.enrollment.learner,
            marker=1,
            decision="grade",
            percent=100,
            created_at=TUESDAY,
        )


def test_the_second_of_two_who_grade_at_once_learns_of_the_first():
    submission = handed_in(assignment_unit())
    stale = Submission.objects.get(pk=submission.pk)
    mark(submission, 10)

    with pytest.raises(assignments.NotWaiting):
        mark(stale, 2)
    assert submission.reviews.count() == 1


@pytest.mark.parametrize("points", [(), (11,), (-1,)])
def test_every_criterion_gets_points_that_it_can_earn(points: tuple[int, ...]):
    submission = handed_in(assignment_unit(10))

    with pytest.raises(assignments.MarksMissing):
        mark(submission, *points)
    assert not submission.reviews.exists()


def test_returned_work_is_handed_in_again(heard):
    unit = assignment_unit()
    first = handed_in(unit)

    mark(first, decision="return", comment="Add a legend.")
    again = handed_in(unit, first.enrollment)

    assert again.number == 2
    assert [(what, one.pk) for what, one in heard] == [("returned", first.pk)]


def test_failed_work_is_handed_in_again():
    unit = assignment_unit()
    first = handed_in(unit)

    mark(first, 1)

    assert handed_in(unit, first.enrollment).number == 2


@pytest.mark.parametrize("points", [None, 10])
def test_work_that_waits_or_has_passed_is_not_handed_in_again(points: int | None):
    unit = assignment_unit()
    first = handed_in(unit)
    if points is not None:
        mark(first, points)

    with pytest.raises(assignments.AlreadyHandedIn):
        handed_in(unit, first.enrollment)


def test_nothing_is_not_handed_in():
    with pytest.raises(assignments.NothingHandedIn):
        handed_in(assignment_unit(), text="")


def test_who_has_left_hands_nothing_in():
    unit = assignment_unit()
    enrollment = EnrollmentFactory(run=unit.course.runs.get(), status="withdrawn")

    with pytest.raises(actions.NotActive):
        handed_in(unit, enrollment)


# --- What the database refuses --------------------------------------------------------------------


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("values", [{"text": "Better."}, {"status": "submitted"}, {"percent": 99}])
def test_a_graded_submission_never_changes(values: dict[str, object]):
    submission = handed_in(assignment_unit())
    mark(submission, 4)

    with refused("submission_closed_stays_as_it_is"):
        Submission.objects.filter(pk=submission.pk).update(**values)


def test_one_submission_waits_at_a_time():
    submission = handed_in(assignment_unit())

    with pytest.raises(IntegrityError):
        Submission.objects.create(
            enrollment=submission.enrollment,
            unit=submission.unit,
            number=2,
            submitted_at=TUESDAY,
            pass_percent=50,
        )


def test_a_grade_needs_a_percent():
    submission = handed_in(assignment_unit())

    with refused("submission_graded_with_a_percent"):
        Submission.objects.update(status="graded", closed_at=TUESDAY)
    assert submission.percent is None


def test_a_review_never_changes():
    review = mark(handed_in(assignment_unit()), 4)

    with refused("review_never_changes"):
        Review.objects.filter(pk=review.pk).update(percent=99)


def test_a_mark_never_changes():
    review = mark(handed_in(assignment_unit()), 4)

    with refused("mark_never_changes"):
        review.marks.update(points=5)


def test_a_mark_is_at_most_what_the_criterion_earns():
    review = mark(handed_in(assignment_unit()), 4)

    with refused("mark_points_0_to_out_of"):
        CriterionMark.objects.create(review=review, title="More", out_of=5, points=6)


@pytest.mark.parametrize(
    "values",
    [
        {"marker": 4, "reason": ""},
        {"marker": 2, "reason": "A correction has a later number."},
        {"marker": 2, "percent": None},
        {"marker": 2, "decision": "return"},
        {"marker": 1},
    ],
)
def test_a_review_is_whole(values: dict[str, object]):
    submission = handed_in(assignment_unit())
    mark(submission, 4)
    whole = {"decision": "grade", "percent": 40, "created_at": TUESDAY}

    with pytest.raises(IntegrityError):
        Review.objects.create(
            **whole | {"submission": submission, "reviewer": UserFactory()} | values
        )


def test_a_revised_rubric_keeps_what_was_said():
    submission = handed_in(assignment_unit())
    review = mark(submission, 4)

    submission.unit.criteria.all().delete()

    (kept,) = review.marks.all()
    assert (kept.title, kept.points, kept.criterion) == ("Criterion 0", 4, None)


def test_a_level_earns_at_most_its_criterions_points():
    criterion = assignment_unit(10).criteria.get()

    with refused("level_within_its_criterion"):
        CriterionLevel.objects.create(criterion=criterion, points=11, text="Too good")


def test_a_criterion_keeps_room_for_its_levels():
    criterion = assignment_unit(10).criteria.get()
    CriterionLevel.objects.create(criterion=criterion, points=10, text="Good")

    with refused("criterion_keeps_room_for_its_levels"):
        Criterion.objects.filter(pk=criterion.pk).update(points=9)


@pytest.mark.parametrize(
    "values", [{"max_files": 0}, {"max_files": 6}, {"accepts_text": False, "accepts_files": False}]
)
def test_an_assignment_accepts_something(values: dict[str, object]):
    unit = assignment_unit()

    with pytest.raises(IntegrityError):
        type(unit.assignment).objects.update(**values)


def test_a_criterion_earns_something():
    with refused("criterion_points_1_to_1000"):
        assignment_unit(0)
