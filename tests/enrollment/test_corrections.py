"""What somebody changes by hand: a row that says who, when and why."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError

from credentials import actions as credential_actions
from credentials.models import Award
from enrollment import actions
from enrollment.models import Correction, Enrollment
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    UserFactory,
    complete,
    published_course,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
LATER = TUESDAY + DAY


@pytest.fixture
def by():
    return UserFactory()


def test_a_course_is_completed_by_hand_with_a_reason(by):
    enrollment = EnrollmentFactory()

    with pytest.raises(actions.CannotCorrect):
        actions.complete_by_hand(enrollment=enrollment, by=by, reason=" ", at=LATER)
    actions.complete_by_hand(enrollment=enrollment, by=by, reason="Shown at work", at=LATER)

    enrollment.refresh_from_db()
    correction = Correction.objects.get()
    assert (enrollment.completed_by, correction.by, correction.reason) == (
        "hand",
        by,
        "Shown at work",
    )


def test_a_completion_is_undone_only_with_a_row_that_says_so(by):
    enrollment = EnrollmentFactory(completed=True)

    with pytest.raises(IntegrityError), transaction_of():
        Enrollment.objects.filter(pk=enrollment.pk).update(
            status="active", completed_at=None, completed_by=""
        )
    actions.reopen(enrollment=enrollment, by=by, reason="Graded wrongly", at=LATER)

    enrollment.refresh_from_db()
    assert enrollment.is_active
    assert Correction.objects.get().undoes == TUESDAY


def test_nothing_known_before_completes_what_was_opened_again(by):
    enrollment = EnrollmentFactory()
    complete(enrollment=enrollment, at=TUESDAY)
    actions.reopen(enrollment=enrollment, by=by, reason="Somebody else sat the test", at=LATER)

    actions.complete_finished(at=LATER)

    enrollment.refresh_from_db()
    assert enrollment.is_active


def test_new_results_complete_what_was_opened_again(by):
    enrollment = EnrollmentFactory()
    complete(enrollment=enrollment, at=TUESDAY)
    actions.reopen(enrollment=enrollment, by=by, reason="Somebody else sat the test", at=LATER)

    report(enrollment, at=LATER + DAY)

    enrollment.refresh_from_db()
    assert enrollment.completed_at == LATER + DAY


def test_a_corrected_grade_undoes_no_completion(by):
    enrollment = EnrollmentFactory(completed=True, grade=70)
    actions.correct_grade(enrollment=enrollment, grade=80, by=by, reason="Misread", at=LATER)

    with pytest.raises(IntegrityError), transaction_of():
        Enrollment.objects.filter(pk=enrollment.pk).update(
            status="active", completed_at=None, completed_by=""
        )


def test_the_seat_of_whoever_fails_goes_on(by):
    run = CourseRunFactory(course=published_course(), seats=1)
    holder, waiting = (actions.enroll(learner=UserFactory(), run=run, at=TUESDAY) for _ in range(2))

    for _ in range(2):
        actions.fail(enrollment=holder, by=by, reason="Never came", at=LATER, is_no_show=True)

    waiting.refresh_from_db()
    run.refresh_from_db()
    assert (waiting.status, run.seats_taken) == ("offered", 1)
    assert Correction.objects.count() == 1


def test_a_failure_is_opened_again_if_there_is_a_seat(by):
    run = CourseRunFactory(course=published_course(), seats=1)
    enrollment = actions.enroll(learner=UserFactory(), run=run, at=TUESDAY)
    actions.fail(enrollment=enrollment, by=by, reason="Never came", at=LATER)
    other = actions.enroll(learner=UserFactory(), run=run, at=LATER)

    with pytest.raises(actions.CannotCorrect, match="seat"):
        actions.reopen(enrollment=enrollment, by=by, reason="Was ill", at=LATER)
    actions.withdraw(enrollment=other, at=LATER)
    actions.reopen(enrollment=enrollment, by=by, reason="Was ill", at=LATER)

    enrollment.refresh_from_db()
    run.refresh_from_db()
    assert (enrollment.status, enrollment.withdrawn_at, run.seats_taken) == ("active", None, 1)


def test_what_was_learned_while_failed_completes_with_the_end_of_the_failure(by):
    enrollment = EnrollmentFactory()
    actions.fail(enrollment=enrollment, by=by, reason="Never came", at=LATER)
    report(enrollment, at=LATER + DAY)

    actions.reopen(enrollment=enrollment, by=by, reason="Was ill", at=LATER + 2 * DAY)

    enrollment.refresh_from_db()
    assert (enrollment.completed_at, enrollment.completed_by) == (LATER + DAY, "units")


def test_a_failure_is_not_opened_beside_a_second_try(by):
    enrollment = EnrollmentFactory()
    actions.fail(enrollment=enrollment, by=by, reason="Never came", at=LATER)
    actions.enroll(learner=enrollment.learner, run=enrollment.run, at=LATER)

    with pytest.raises(actions.CannotCorrect, match="again"):
        actions.reopen(enrollment=enrollment, by=by, reason="Was ill", at=LATER)


def report(enrollment, *, at):
    """Another system says that all units are done."""
    actions.record_events(
        [
            actions.Event(
                source="lms",
                event_id=f"{enrollment.pk}/{unit.pk}",
                enrollment_id=enrollment.pk,
                unit_id=unit.pk,
                verb="completed",
                at=at,
            )
            for unit in enrollment.run.course.units.all()
        ],
        received_at=LATER + DAY,
    )


@pytest.mark.parametrize(("done_at", "status"), [(TUESDAY, "completed"), (LATER, "withdrawn")])
def test_what_was_completed_before_leaving_counts_when_it_is_reported_late(done_at, status):
    run = CourseRunFactory(course=published_course(), seats=1)
    enrollment = actions.enroll(learner=UserFactory(), run=run, at=TUESDAY)
    actions.withdraw(enrollment=enrollment, at=TUESDAY + DAY / 2)
    # The seat has gone on.
    actions.enroll(learner=UserFactory(), run=run, at=LATER)

    report(enrollment, at=done_at)

    enrollment.refresh_from_db()
    run.refresh_from_db()
    assert (enrollment.status, run.seats_taken) == (status, 1)


def test_who_left_the_waitlist_has_completed_nothing():
    run = CourseRunFactory(course=published_course(), seats=0)
    enrollment = actions.enroll(learner=UserFactory(), run=run, at=TUESDAY)
    actions.withdraw(enrollment=enrollment, at=LATER)

    report(enrollment, at=TUESDAY)

    enrollment.refresh_from_db()
    assert enrollment.status == "withdrawn"


def transaction_of():
    from django.db import transaction

    return transaction.atomic()


def test_what_rests_on_an_undone_completion_falls(by):
    enrollment = EnrollmentFactory()
    complete(enrollment=enrollment, at=TUESDAY)
    credential_actions.judge_due(at=TUESDAY)
    credential_actions.issue_due(at=TUESDAY)

    actions.fail(enrollment=enrollment, by=by, reason="Somebody else sat the test", at=LATER)

    award = Award.objects.get()
    assert "Somebody else sat the test" in award.revocation_reason
    assert award.credentials.get().revoked_at is not None


def test_a_no_show_fails(by):
    enrollment = EnrollmentFactory()

    actions.fail(enrollment=enrollment, by=by, reason="Never came", at=LATER, is_no_show=True)

    enrollment.refresh_from_db()
    assert (enrollment.status, Correction.objects.get().kind) == ("failed", "no_show")


def test_more_time_is_given_to_one(by):
    enrollment = EnrollmentFactory()

    actions.extend(
        enrollment=enrollment, due_on=datetime.date(2026, 6, 1), by=by, reason="Ill", at=LATER
    )

    enrollment.refresh_from_db()
    assert enrollment.due_on == datetime.date(2026, 6, 1)


def test_a_corrected_grade_keeps_the_one_before(by):
    enrollment = EnrollmentFactory(completed=True, grade=70)

    actions.correct_grade(enrollment=enrollment, grade=80, by=by, reason="Misread", at=LATER)

    enrollment.refresh_from_db()
    assert (enrollment.grade, Correction.objects.get().grade_before) == (80, 70)


def test_a_correction_is_never_changed(by):
    enrollment = EnrollmentFactory()
    actions.complete_by_hand(enrollment=enrollment, by=by, reason="Shown at work", at=LATER)

    with pytest.raises(IntegrityError):
        Correction.objects.update(reason="Something else")


def test_a_correction_has_a_reason(by):
    with pytest.raises(IntegrityError):
        Correction.objects.create(
            enrollment=EnrollmentFactory(), kind="extended", by=by, at=LATER, reason=""
        )
