from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError

from catalog import actions as catalog_actions
from catalog.models import Criterion, CriterionLevel, Unit
from enrollment import actions
from enrollment.actions import assignments
from enrollment.actions.assignments import Mark, best_scores
from enrollment.models import CriterionMark, Enrollment, Review, Submission
from enrollment.signals import work_graded, work_returned
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


@pytest.fixture
def heard():
    """What the signals of this app have said."""
    said: list[tuple[str, Submission]] = []

    def returned(submission, **kwargs):
        said.append(("returned", submission))

    def was_graded(submission, **kwargs):
        said.append(("graded", submission))

    work_returned.connect(returned)
    work_graded.connect(was_graded)
    yield said
    work_returned.disconnect(returned)
    work_graded.disconnect(was_graded)


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
