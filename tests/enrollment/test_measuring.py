"""The time that a course takes, beside the hours that it states."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from enrollment.measuring import measure, percentile
from enrollment.models import Enrollment, MeasuredTime, UnitProgress
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:enrollment_measuredtime_changelist")


@pytest.fixture
def course(db):
    return published_course(title="Maps")


def finished(course, *minutes: int, **fields) -> None:
    """Learners who have finished the course, and the time that it took each."""
    unit, run = course.units.get(), course.runs.get()
    for spent in minutes:
        enrollment = EnrollmentFactory(run=run, completed=True, **fields)
        UnitProgress.objects.create(
            enrollment=enrollment, unit=unit, opened_at=TUESDAY, seconds_spent=spent * 60
        )


def test_the_median_and_the_80th_percentile(course):
    finished(course, *range(1, 21))

    measure(at=TUESDAY)

    found = MeasuredTime.objects.get()
    assert (found.learners, found.median_minutes, found.p80_minutes) == (20, 10, 16)


@pytest.mark.parametrize(
    ("values", "expected"), [([7], 7), ([1, 2], 2), ([1, 2, 3, 4, 5], 4), (range(1, 11), 8)]
)
def test_a_percentile_is_the_nearest_rank(values, expected):
    assert percentile(list(values), 80) == expected


def test_nineteen_are_too_few(course, client):
    finished(course, *range(1, 20))

    assert measure(at=TUESDAY) == 0
    assert "Measured:" not in client.get(course.get_absolute_url()).content.decode()


def test_whose_time_was_not_measured_does_not_count(course):
    finished(course, *range(1, 20), 0)

    measure(at=TUESDAY)

    found = MeasuredTime.objects.get()
    assert (found.finished, found.learners, found.median_minutes) == (20, 19, None)


def test_who_passed_a_test_without_the_units_does_not_count(course):
    finished(course, *range(1, 20))
    finished(course, 1, completed_by=Enrollment.CompletedBy.CHALLENGE)

    assert measure(at=TUESDAY) == 0


def test_a_course_is_measured_again_only_when_more_have_finished(course):
    finished(course, *range(1, 21))

    assert [measure(at=TUESDAY), measure(at=TUESDAY)] == [1, 0]
    finished(course, 500)
    assert measure(at=TUESDAY) == 1
    assert MeasuredTime.objects.get().learners == 21


def test_the_course_s_page_says_it_beside_the_stated_hours(course, client):
    finished(course, *[90] * 15, *[120] * 5)
    measure(at=TUESDAY)

    page = " ".join(client.get(course.get_absolute_url()).content.decode().split())

    assert "half of 20 learners needed at most 1 h 30 min" in page


def test_too_few_learners_say_no_time(course):
    with pytest.raises(IntegrityError, match="measured_time_of_enough"), transaction.atomic():
        MeasuredTime.objects.create(
            course=course, finished=20, learners=19, median_minutes=1, p80_minutes=1,
            measured_at=TUESDAY,
        )  # fmt: skip


@pytest.fixture
def curator(course, client):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=course.provider, role=Membership.Role.CURATOR)
    client.force_login(user)
    return user


@pytest.mark.parametrize(("minutes", "shown"), [(60, "longer"), (30, "agrees"), (10, "shorter")])
def test_the_curator_sees_where_claim_and_measure_part(minutes, shown, course, curator, client):
    finished(course, *[minutes] * 20)  # the course states 30
    measure(at=TUESDAY)

    lists = {
        name: "Maps" in client.get(LIST, {"agrees": name}).content.decode()
        for name in ("longer", "agrees", "shorter")
    }

    assert [name for name, is_there in lists.items() if is_there] == [shown]


def test_a_curator_sees_only_the_courses_of_their_own_organizations(curator, client):
    finished(published_course(title="Another’s"), *[5] * 20)
    measure(at=TUESDAY)

    assert "Another’s" not in client.get(LIST).content.decode()
