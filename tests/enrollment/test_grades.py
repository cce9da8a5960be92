"""How grades are rounded and said, at the borders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from credentials import tasks
from credentials.models import Credential
from enrollment import actions, grades
from enrollment.models import Enrollment
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory, complete, published_course


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("100", "A"),
        ("90", "A"),
        ("89.995", "A"),
        ("89.9949", "B"),
        ("89.99", "B"),
        ("80", "B"),
        ("79.995", "B"),
        ("79.99", "C"),
        ("70", "C"),
        ("69.994", "D"),
        ("60", "D"),
        ("59.995", "D"),
        ("59.99", "F"),
        ("0", "F"),
    ],
)
def test_a_letter_begins_at_its_least_percent_after_rounding(value, letter):
    assert grades.letter(Decimal(value)) == letter


@given(st.decimals(0, 100), st.decimals(0, 100))
def test_more_percent_are_never_a_worse_letter(one, other):
    less, more = sorted([one, other])

    assert grades.letter(more) <= grades.letter(less)


@given(st.decimals(0, 100))
def test_rounding_twice_is_rounding_once(value):
    assert grades.percent(grades.percent(value)) == grades.percent(value)


@pytest.mark.parametrize(
    ("grade", "scale", "said"),
    [
        ("89.995", "percent", "90 %"),
        ("89.994", "percent", "89.99 %"),
        ("87.50", "percent", "87.5 %"),
        ("100.00", "percent", "100 %"),
        ("0.00", "percent", "0 %"),
        ("89.995", "letters", "A"),
        ("61.00", "pass_fail", "Passed"),
    ],
)
def test_a_grade_is_said_on_its_scale(grade, scale, said):
    assert grades.said(Decimal(grade), scale) == said


def test_a_grade_is_written_as_its_reader_writes_numbers():
    with translation.override("de"):
        assert grades.said(Decimal("87.50"), "percent") == "87,5 %"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scale", "said"), [("percent", "91.25 %"), ("letters", "A"), ("pass_fail", "Passed")]
)
def test_learner_and_credential_show_the_grade_on_the_scale_of_the_course(client, scale, said):
    learner = UserFactory(credential_name="Ada")
    course = published_course(grading_scale=scale)
    enrollment = EnrollmentFactory(learner=learner, run=course.runs.get())
    complete(enrollment=enrollment, at=TUESDAY)
    actions.correct_grade(
        enrollment=enrollment, grade=Decimal("91.25"), by=learner, reason="Oral.", at=TUESDAY
    )
    tasks.judge()
    tasks.issue()
    client.force_login(learner)

    pages = [
        reverse("enrollment:course", args=[enrollment.public_id]),
        reverse("enrollment:home"),
        Credential.objects.get().get_absolute_url(),
    ]

    for page in pages:
        html = client.get(page).content.decode()
        assert f">{said}<" in html, page
        assert scale == "percent" or "91.25" not in html, page


@pytest.mark.django_db
@pytest.mark.parametrize(("grade", "completes"), [("89.995", True), ("89.994", False)])
def test_the_least_grade_is_met_by_what_is_rounded_to_it(grade, completes):
    enrollment = EnrollmentFactory(run=published_course(min_grade=90).runs.get())
    Enrollment.objects.update(min_grade=90)
    unit = enrollment.run.course.units.get()
    event = actions.Event(
        source="test",
        event_id="1",
        enrollment_id=enrollment.pk,
        unit_id=unit.pk,
        verb="passed",
        at=TUESDAY,
        score=grades.percent(Decimal(grade)),
    )

    actions.record_events([event], received_at=TUESDAY)

    enrollment.refresh_from_db()
    assert enrollment.is_completed == completes
