from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError

from enrollment.models import Enrollment, UnitProgress
from tests.factories import TUESDAY, EnrollmentFactory

pytestmark = pytest.mark.django_db
LATER = TUESDAY + datetime.timedelta(days=1)


def refused():
    return pytest.raises(IntegrityError)


def test_a_learner_has_one_live_enrollment_in_a_run():
    first = EnrollmentFactory()

    with refused():
        EnrollmentFactory(learner=first.learner, run=first.run)


def test_a_learner_may_return_after_withdrawing():
    first = EnrollmentFactory(status="withdrawn")

    again = EnrollmentFactory(learner=first.learner, run=first.run)

    assert again.is_active


def test_a_completion_without_a_time_is_refused():
    with refused():
        EnrollmentFactory(status="completed")


def test_a_completed_enrollment_stays_completed():
    enrollment = EnrollmentFactory(completed=True)

    with refused():
        Enrollment.objects.filter(pk=enrollment.pk).update(status="active", completed_at=None)


def test_a_completion_is_not_moved():
    enrollment = EnrollmentFactory(completed=True)

    with refused():
        Enrollment.objects.filter(pk=enrollment.pk).update(completed_at=LATER)


def test_a_waitlisted_learner_has_a_place():
    with refused():
        EnrollmentFactory(status="waitlisted")


def test_a_place_on_the_waitlist_is_given_once():
    first = EnrollmentFactory(status="waitlisted", waitlist_place=1)

    with refused():
        EnrollmentFactory(run=first.run, status="waitlisted", waitlist_place=1)


@pytest.mark.parametrize("grade", [-1, 101])
def test_a_grade_outside_percent_is_refused(grade):
    with refused():
        EnrollmentFactory(completed=True, grade=grade)


def test_a_finished_unit_stays_finished():
    enrollment = EnrollmentFactory()
    progress = UnitProgress.objects.create(
        enrollment=enrollment,
        unit=enrollment.run.course.units.get(),
        opened_at=TUESDAY,
        completed_at=TUESDAY,
    )

    with refused():
        UnitProgress.objects.filter(pk=progress.pk).update(completed_at=None)
