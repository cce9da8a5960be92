"""A university's registrations, withdrawals and results: applied twice, and in another order."""

from __future__ import annotations

import pytest

from benchmarks import registrations
from enrollment.models import Correction, Enrollment, ProgressEvent
from tests.factories import CourseRunFactory, UserFactory, published_course

SIZE = 60


@pytest.fixture
def course(db):
    return published_course(lessons=registrations.UNITS)


@pytest.fixture
def people(db):
    return {"learners": [UserFactory() for _ in range(SIZE)], "curator": UserFactory()}


def applied(rows, course, people, *, source="lms", runs=None):
    runs = runs or [CourseRunFactory(course=course) for _ in range(registrations.PRESENTATIONS)]
    registrations.apply(rows, runs=runs, source=source, **people)
    return runs, registrations.end(people["learners"], runs)


def test_a_replay_changes_nothing(course, people):
    rows = registrations.stream(SIZE)
    runs, first = applied(rows, course, people)
    counts = [model.objects.count() for model in (Enrollment, ProgressEvent, Correction)]

    _, again = applied(rows, course, people, runs=runs)

    assert again == first
    assert {status for _, _, _, status, *_ in first} == {"completed", "withdrawn", "failed"}
    assert counts == [model.objects.count() for model in (Enrollment, ProgressEvent, Correction)]


def test_results_may_come_in_any_order(course, people):
    rows = registrations.stream(SIZE)
    _, in_order = applied(rows, course, people)

    _, in_another = applied(registrations.shuffled(rows), course, people, source="late")

    assert in_another == in_order
