from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog import elements
from catalog.models import Course, CourseRun, LearningOutcome
from tests.factories import published_course

pytestmark = pytest.mark.django_db

STATED = {
    "eqf_level": 5,
    "ects": "0.4",
    "assessment": "quiz",
    "participation": "online_self_paced",
    "supervision": "unsupervised",
    "quality_assurance": "Two teachers review it every year.",
}


def course_with(**stated: object) -> Course:
    course = published_course(**stated)
    course.awarding_body.country = "NL"
    course.awarding_body.save()
    return course


def test_a_course_that_states_everything_lacks_nothing():
    course = course_with(**STATED)

    assert elements.missing(course, minutes=600, outcomes=3) == []


def test_what_nobody_has_stated_is_named():
    course = published_course()

    assert elements.missing(course, minutes=0, outcomes=0) == [
        "Country of the awarding body",
        "Learning outcomes",
        "Workload",
        "Level",
        "Assessment",
        "Participation",
        "Quality assurance",
    ]


def test_the_page_of_a_course_says_what_is_stated_and_nothing_of_the_rest(client: Client):
    course = course_with(**STATED)
    LearningOutcome.objects.create(course=course, position=1, text="Read <b>maps</b>.")
    course.runs.update(price="49.50", currency="EUR")

    html = client.get(course.get_absolute_url()).text

    for said in ("0.4", "Online, at your own pace", "Two teachers", "49.50 EUR"):
        assert said in html
    assert "Read &lt;b&gt;maps&lt;/b&gt;." in html
    assert "The fine print" in html
    bare = client.get(published_course().get_absolute_url()).text
    assert "ECTS" not in bare
    assert "What you will be able to do" not in bare


@pytest.mark.parametrize(
    "values",
    [
        {"ects": 0},
        {"ects": "60.1"},
        {"assessment": "dance"},
        {"participation": "telepathy"},
        {"supervision": "owls"},
    ],
)
def test_the_database_refuses_elements_that_no_vocabulary_has(values):
    course = published_course()

    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(**values)


@pytest.mark.parametrize(
    "values", [{"price": -1}, {"price": 5, "currency": ""}, {"price": 5, "currency": "eur"}]
)
def test_the_database_refuses_a_price_without_its_currency(values):
    course = published_course()

    with pytest.raises(IntegrityError), transaction.atomic():
        CourseRun.objects.filter(course=course).update(**values)


@pytest.mark.parametrize("values", [{"text": ""}, {"level": "heroic"}, {"position": 1}])
def test_the_database_refuses_outcomes_without_text_level_or_place(values):
    course = published_course()
    LearningOutcome.objects.create(course=course, position=1, text="Read maps.")

    with pytest.raises(IntegrityError), transaction.atomic():
        LearningOutcome.objects.create(**{"course": course, "position": 2, "text": "Go."} | values)


def test_a_course_at_its_provider_leads_there(client: Client):
    course = published_course()
    course.runs.update(is_external=True, external_url="https://provider.example/maps")

    page = client.get(course.get_absolute_url()).text

    assert 'href="https://provider.example/maps"' in page
    assert "Sign up to enroll" not in page
