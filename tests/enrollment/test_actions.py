from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError

from catalog.models import CourseRun
from catalog.signals import seats_changed
from enrollment import actions, grades
from enrollment.models import Enrollment
from enrollment.signals import course_completed
from tests.factories import TUESDAY, CourseRunFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db
Status = Enrollment.Status


def enroll(run, learner=None):
    return actions.enroll(learner=learner or UserFactory(), run=run, at=TUESDAY)


@pytest.fixture
def run():
    return published_course(lessons=2).runs.get()


@pytest.fixture
def small_run():
    course = published_course()
    return CourseRunFactory(course=course, seats=1)


def units_of(enrollment):
    return list(enrollment.run.course.units.all())


def test_enrolling_twice_returns_the_same_enrollment(run):
    learner = UserFactory()

    assert enroll(run, learner) == enroll(run, learner)


def test_a_full_run_puts_the_next_on_its_waitlist_in_order(small_run):
    enroll(small_run)

    places = [enroll(small_run).waitlist_place for _ in range(3)]

    assert places == [1, 2, 3]


def test_a_returned_seat_goes_to_whoever_waited_longest(small_run):
    holder, first, second = enroll(small_run), enroll(small_run), enroll(small_run)

    actions.withdraw(enrollment=holder, at=TUESDAY)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.OFFERED, Status.WAITLISTED)


def test_the_waitlist_skips_whoever_left_it(small_run):
    holder, first, second = enroll(small_run), enroll(small_run), enroll(small_run)
    actions.withdraw(enrollment=first, at=TUESDAY)

    actions.withdraw(enrollment=holder, at=TUESDAY)

    second.refresh_from_db()
    assert second.status == Status.OFFERED


def test_a_seat_given_back_by_the_last_is_free_again(small_run):
    actions.withdraw(enrollment=enroll(small_run), at=TUESDAY)

    assert enroll(small_run).is_active


def test_withdrawing_twice_gives_back_one_seat():
    run = CourseRunFactory(course=published_course(), seats=2)
    leaving, staying = enroll(run), enroll(run)

    actions.withdraw(enrollment=leaving, at=TUESDAY)
    actions.withdraw(enrollment=leaving, at=TUESDAY)

    run.refresh_from_db()
    assert (run.seats_taken, staying.is_active) == (1, True)


def test_a_closed_run_takes_nobody():
    run = CourseRunFactory(
        course=published_course(), enrollment_closes_on=datetime.date(2026, 3, 2)
    )

    with pytest.raises(actions.NotOpen):
        enroll(run)


def test_the_last_unit_completes_the_course(run):
    enrollment = enroll(run)

    for unit in units_of(enrollment):
        actions.finish_unit(enrollment=enrollment, unit=unit, at=TUESDAY)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at) == (Status.COMPLETED, TUESDAY)


def test_one_unit_of_two_completes_nothing(run):
    enrollment = enroll(run)

    actions.finish_unit(enrollment=enrollment, unit=units_of(enrollment)[0], at=TUESDAY)

    enrollment.refresh_from_db()
    assert enrollment.is_active


def test_finishing_again_announces_nothing_again(run):
    enrollment = enroll(run)
    announced = []
    course_completed.connect(lambda **kwargs: announced.append(kwargs), weak=False, dispatch_uid=1)
    try:
        for unit in [*units_of(enrollment), *units_of(enrollment)]:
            actions.finish_unit(enrollment=enrollment, unit=unit, at=TUESDAY)
    finally:
        course_completed.disconnect(dispatch_uid=1)

    assert len(announced) == 1


def test_whoever_withdrew_cannot_learn_on(run):
    enrollment = enroll(run)
    actions.withdraw(enrollment=enrollment, at=TUESDAY)

    with pytest.raises(actions.NotActive):
        actions.finish_unit(enrollment=enrollment, unit=units_of(enrollment)[0], at=TUESDAY)


@pytest.fixture
def quiz():
    enrollment = enroll(published_course(quiz=True, lessons=0).runs.get())
    return enrollment, units_of(enrollment)[0]


def answer(quiz, *positions):
    enrollment, unit = quiz
    question = unit.questions.get()
    ticked = [choice.pk for choice in question.choices.all() if choice.position in positions]
    return actions.submit_quiz(
        enrollment=enrollment, unit=unit, answers={question.pk: ticked}, at=TUESDAY
    )


def test_the_right_answer_passes_and_completes(quiz):
    attempt = answer(quiz, 0)

    quiz[0].refresh_from_db()
    assert (attempt.score, quiz[0].status) == (Decimal(100), Status.COMPLETED)


def test_the_grade_is_that_of_the_best_attempt(quiz):
    answer(quiz, 1)
    answer(quiz, 0)

    quiz[0].refresh_from_db()
    assert quiz[0].grade == Decimal("100.00")


@pytest.mark.parametrize("positions", [(1,), (0, 1)])
def test_a_wrong_answer_completes_nothing(quiz, positions):
    attempt = answer(quiz, *positions)

    quiz[0].refresh_from_db()
    assert (attempt.is_passed, quiz[0].status) == (False, Status.ACTIVE)


def test_a_question_left_out_earns_nothing(quiz):
    assert answer(quiz).score == 0


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("66.664", "66.66"), ("66.665", "66.67"), ("79.995", "80.00"), ("79.994", "79.99")],
)
def test_half_a_hundredth_of_a_percent_is_rounded_up(value, rounded):
    assert grades.percent(Decimal(value)) == Decimal(rounded)


@pytest.mark.parametrize(("seats", "promoted"), [(1, 0), (3, 2), (None, 3)])
def test_more_seats_go_to_those_who_have_waited_longest(small_run, seats, promoted):
    enroll(small_run)
    waiting = [enroll(small_run) for _ in range(3)]
    CourseRun.objects.filter(pk=small_run.pk).update(seats=seats)

    seats_changed.send(sender=CourseRun, run_id=small_run.pk)

    for enrollment in waiting:
        enrollment.refresh_from_db()
    small_run.refresh_from_db()
    assert [one.is_offered for one in waiting] == [True] * promoted + [False] * (3 - promoted)
    assert small_run.seats_taken == 1 + promoted


def test_seats_of_an_unlimited_run_are_counted_too():
    """A limit that is set later must know who is there already."""
    run = CourseRunFactory(course=published_course())
    enroll(run)
    run.refresh_from_db()

    assert run.seats_taken == 1


def test_nobody_enrolls_here_in_what_is_taken_elsewhere():
    run = CourseRunFactory(course=published_course(), is_external=True)

    with pytest.raises(actions.NotOpen):
        enroll(run)
    with pytest.raises(IntegrityError):
        CourseRun.objects.filter(pk=run.pk).update(seats_taken=1)
