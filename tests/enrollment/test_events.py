"""Events of other systems: once each, in any order, with one end."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from enrollment import actions
from enrollment.models import Enrollment, ProgressEvent
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    UnitFactory,
    UserFactory,
    published_course,
)
from tests.tries import tries

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def event(enrollment, unit, number=1, verb="completed", *, minute=0, score=None):
    return actions.Event(
        source="lms",
        event_id=str(number),
        enrollment_id=enrollment.pk,
        unit_id=unit.pk,
        verb=verb,
        at=TUESDAY + minute * MINUTE,
        score=None if score is None else Decimal(score),
    )


def record(*events):
    return actions.record_events(events, received_at=TUESDAY)


def test_an_event_counts_once():
    enrollment = EnrollmentFactory(run=published_course(lessons=2).runs.get())
    unit = enrollment.run.course.units.first()

    assert record(event(enrollment, unit), event(enrollment, unit)) == 1
    assert record(event(enrollment, unit)) == 0

    assert enrollment.progress.get().completed_at == TUESDAY


def test_the_last_unit_completes_the_course_at_the_time_of_the_event():
    enrollment = EnrollmentFactory(run=published_course(lessons=2).runs.get())
    first, second = enrollment.run.course.units.all()

    record(event(enrollment, second, 1, minute=5))
    record(event(enrollment, first, 2, minute=3))

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at) == ("completed", TUESDAY + 5 * MINUTE)


def test_an_event_that_is_refused_takes_the_others_along():
    enrollment = EnrollmentFactory()
    unit = enrollment.run.course.units.get()

    with pytest.raises(IntegrityError):
        record(event(enrollment, unit, 1), event(enrollment, unit, 2, verb="danced"))
    assert not ProgressEvent.objects.exists()


def test_a_recorded_event_is_never_changed():
    enrollment = EnrollmentFactory()
    record(event(enrollment, enrollment.run.course.units.get()))

    with pytest.raises(IntegrityError):
        ProgressEvent.objects.update(at=TUESDAY + MINUTE)


def test_more_than_a_thousand_at_once_are_refused():
    enrollment = EnrollmentFactory()
    unit = enrollment.run.course.units.get()

    with pytest.raises(ValueError, match="1000"):
        record(*[event(enrollment, unit, number) for number in range(1001)])


def test_what_a_crash_leaves_is_completed_by_the_sweep():
    enrollment = EnrollmentFactory()
    unit = enrollment.run.course.units.get()
    enrollment.progress.create(unit=unit, opened_at=TUESDAY, completed_at=TUESDAY)

    actions.complete_finished(at=TUESDAY)

    enrollment.refresh_from_db()
    assert enrollment.is_completed


def test_a_course_that_requires_nothing_is_completed_by_nothing():
    course = published_course()
    course.units.update(is_required=False)
    enrollment = EnrollmentFactory(run=course.runs.get())

    record(event(enrollment, course.units.get()))
    actions.complete_finished(at=TUESDAY)

    enrollment.refresh_from_db()
    assert enrollment.is_active


def test_a_test_completes_a_course_without_its_units():
    course = published_course(lessons=3)
    challenge = UnitFactory(
        course=course, position=9, quiz=True, is_challenge=True, is_required=False
    )
    enrollment = EnrollmentFactory(run=course.runs.get())

    record(event(enrollment, challenge, verb="passed", score=91))

    enrollment.refresh_from_db()
    assert (enrollment.completed_by, enrollment.grade) == ("challenge", 91)


def test_a_grade_that_is_too_low_completes_nothing_until_it_is_better():
    course = published_course(lessons=1)
    enrollment = EnrollmentFactory(run=course.runs.get(), min_grade=70)
    unit = course.units.get()

    record(event(enrollment, unit, 1, verb="passed", score=60, minute=1))
    enrollment.refresh_from_db()
    assert enrollment.is_active
    record(event(enrollment, unit, 2, verb="passed", score=80, minute=4))

    enrollment.refresh_from_db()
    assert (enrollment.completed_at, enrollment.grade) == (TUESDAY + 4 * MINUTE, 80)


MOMENTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["initialized", "completed", "passed", "failed"]),
        st.integers(0, 30),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=12,
)


@tries(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=MOMENTS, min_grade=st.sampled_from([None, 50]), data=st.data())
def test_any_order_with_repeats_leads_to_the_same_end(course, moments, min_grade, data):
    units = list(course.units.all())
    # A result below the least grade that comes after the completion cannot take it back: what is
    # completed stays so, and there the order does matter.
    moments = [
        (unit, verb, minute, max(score, min_grade or 0) if verb == "passed" else score)
        for unit, verb, minute, score in moments
    ]

    def end(order):
        enrollment = Enrollment.objects.create(
            learner=UserFactory(),
            run=course.runs.get(),
            status="active",
            enrolled_at=TUESDAY,
            min_grade=min_grade,
        )
        for number in order:
            unit, verb, minute, score = moments[number]
            record(
                event(
                    enrollment,
                    units[unit],
                    f"{enrollment.pk}-{number}",
                    verb,
                    minute=minute,
                    score=score,
                )
            )
        enrollment.refresh_from_db()
        progress = sorted(
            enrollment.progress.values_list("unit", "opened_at", "completed_at"), key=str
        )
        return enrollment.status, enrollment.completed_at, enrollment.grade, progress

    in_order = sorted(range(len(moments)), key=lambda number: moments[number][2])
    shuffled = data.draw(st.permutations(in_order))
    repeats = data.draw(st.lists(st.sampled_from(in_order), max_size=5))
    assert end(shuffled + repeats) == end(in_order)


@pytest.fixture
def course():
    return published_course(lessons=3)
