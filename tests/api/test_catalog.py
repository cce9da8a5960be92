from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from catalog import rules
from catalog.actions import publish_course
from catalog.models import Course, CourseRun, Status
from tests.api.conftest import Caller, assert_problem
from tests.factories import (
    CourseFactory,
    OrganizationFactory,
    SkillFactory,
    leaf,
    published_course,
    published_track,
)


def titles(answer) -> list[str]:
    return [item["title"] for item in answer["results"]]


def test_a_course_is_listed_with_what_hr_needs(api: Caller):
    course = published_course(title="Reading data", lessons=2, eqf_level=5)

    (found,) = api.json("/api/v1/courses")["results"]

    assert found == {
        "id": str(course.public_id),
        "external_id": course.external_id,
        "slug": course.slug,
        "title": "Reading data",
        "summary": "What it is about.",
        "field": "other",
        "language": "en",
        "provider": {
            "id": str(course.provider.public_id),
            "slug": course.provider.slug,
            "name": course.provider.name,
        },
        "awarding_body": found["provider"],
        "eqf_level": 5,
        "workload_minutes": 60,
        "ects": None,
        "assessment": "",
        "participation": "",
        "supervision": "",
        "quality_assurance": "",
        "outcomes": [],
        "skills": [],
        "runs": [
            {
                "id": str(course.runs.get().public_id),
                "title": "At your own pace",
                "self_paced": True,
                "starts_on": None,
                "ends_on": None,
                "enrollment_opens_on": None,
                "enrollment_closes_on": None,
                "external": False,
                "external_url": "",
                "price": None,
                "currency": "",
                "seats": None,
                "seats_left": None,
                "cohort": False,
                "time_zone": "UTC",
                "needs_approval": False,
            }
        ],
        "achievement": {
            "id": str(course.achievement.public_id),
            "kind": "MicroCredential",
            "name": "Reading data",
            "version": 1,
            "url": f"{settings.BASE_URL}/achievements/{course.achievement.public_id}",
        },
        "url": f"{settings.BASE_URL}/courses/{course.slug}/",
        "updated_at": found["updated_at"],
    }


def test_seats_left_are_counted(api: Caller):
    course = published_course()
    CourseRun.objects.filter(course=course).update(seats=10, seats_taken=4)

    (run,) = api.json(f"/api/v1/courses/{course.public_id}")["runs"]

    assert (run["seats"], run["seats_left"]) == (10, 6)


def test_a_course_is_read_with_its_units(api: Caller):
    course = published_course(lessons=2, quiz=True, description="More.")

    found = api.json(f"/api/v1/courses/{course.public_id}")

    assert [unit["kind"] for unit in found["units"]] == ["lesson", "lesson", "quiz"]
    assert found["description"] == "More."


def test_a_course_with_two_versions_shows_the_newer_and_counts_its_units_once(api: Caller):
    course = published_course(lessons=2)
    Course.objects.filter(pk=course.pk).update(title="Renamed")
    publish_course(course=course, at=timezone.now())

    (found,) = api.json("/api/v1/courses")["results"]

    assert (found["achievement"]["version"], found["achievement"]["name"]) == (2, "Renamed")
    assert found["workload_minutes"] == 60


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETIRED])
def test_only_published_courses_are_shown(api: Caller, status: Status):
    course = published_course()
    Course.objects.filter(pk=course.pk).update(status=status)

    assert api.json("/api/v1/courses")["results"] == []
    assert_problem(api.get(f"/api/v1/courses/{course.public_id}"), 404)


def test_a_published_course_that_was_never_frozen_is_not_shown(api: Caller):
    CourseFactory(status=Status.PUBLISHED, published_at=timezone.now())

    assert api.json("/api/v1/courses")["results"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"field": "data"}, ["Reading data"]),
        ({"language": "en"}, ["Reading data", "Clouds"]),
        ({"language": "en-gb"}, ["Clouds"]),
        ({"language": "e"}, []),
        ({"provider": "north"}, ["Reading data"]),
        ({"provider": "nobody"}, []),
        ({"q": "reading DATA"}, ["Reading data"]),
        ({"q": "statistics"}, ["Reading data"]),
        ({"q": "about clouds"}, ["Clouds"]),
        ({"q": "clouds statistics"}, []),
        ({"q": "%"}, []),
        ({"q": ""}, ["Reading data", "Clouds"]),
    ],
)
def test_courses_are_filtered(api: Caller, query: dict[str, str], found: list[str]):
    course = published_course(
        title="Reading data", field="data", provider=OrganizationFactory(slug="north")
    )
    course.skills.add(SkillFactory(label="statistics"), SkillFactory(label="statistics of rows"))
    published_course(title="Clouds", language="en-GB")

    assert titles(api.json("/api/v1/courses", **query)) == found


def test_a_feed_of_changes_starts_at_a_time(api: Caller):
    old, new = published_course(title="Old"), published_course(title="New")
    noon = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)
    Course.objects.filter(pk=old.pk).update(updated_at=noon - datetime.timedelta(seconds=1))
    Course.objects.filter(pk=new.pk).update(updated_at=noon)

    found = api.json("/api/v1/courses", updated_since="2026-05-01T14:00:00+02:00")

    assert titles(found) == ["New"]


def test_a_track_shows_its_rule_as_a_tree_and_in_words(api: Caller):
    first, second, third = (published_course(title=title) for title in ("A", "B", "C"))
    part = published_track(first, title="Part")
    track = published_track(
        title="Whole",
        tree=rules.all_of(leaf(part), rules.at_least(1, leaf(second), leaf(third))),
    )

    found = api.json(f"/api/v1/tracks/{track.public_id}")

    assert found["rule_text"] == "Complete all of Part and (at least 1 of B and C)."
    rule = found["rule"]
    assert (rule["operator"], rule["n"], rule["course"]) == ("all", None, None)
    named, group = rule["children"]
    assert named["operator"] == "achievement"
    assert named["achievement"]["id"] == str(part.achievement.public_id)
    assert named["achievement"]["name"] == "Part"
    assert (group["operator"], group["n"]) == ("at_least", 1)
    assert [child["course"]["title"] for child in group["children"]] == ["B", "C"]


def test_tracks_are_listed_and_filtered(api: Caller):
    course = published_course()
    published_track(course, title="Data literacy", field="data")
    published_track(course, title="Clouds", organization=OrganizationFactory(slug="south"))

    assert titles(api.json("/api/v1/tracks")) == ["Data literacy", "Clouds"]
    assert titles(api.json("/api/v1/tracks", q="literacy")) == ["Data literacy"]
    assert titles(api.json("/api/v1/tracks", field="data")) == ["Data literacy"]
    assert titles(api.json("/api/v1/tracks", provider="south")) == ["Clouds"]


def test_a_page_of_courses_costs_the_same_queries_whatever_its_length(
    api: Caller, django_assert_num_queries
):
    def add(courses: int) -> None:
        for _ in range(courses):
            course = published_course()
            course.skills.add(SkillFactory())
            outcome = course.outcomes.create(position=1, text="Do it.")
            outcome.skills.add(SkillFactory())

    add(2)
    with django_assert_num_queries(7):
        api.json("/api/v1/courses")
    add(4)

    with django_assert_num_queries(7):
        api.json("/api/v1/courses")


def test_a_page_of_tracks_costs_the_same_queries_whatever_its_length(
    api: Caller, django_assert_num_queries
):
    inner = published_track(published_course())
    with django_assert_num_queries(5):
        api.json("/api/v1/tracks")
    for _ in range(4):
        published_track(inner, published_course())

    with django_assert_num_queries(5):
        api.json("/api/v1/tracks")
