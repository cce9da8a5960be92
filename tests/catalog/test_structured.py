"""What search engines and registries read of a course and a track."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from catalog.models import Course
from tests.catalog.schema_org import faults
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    OccupationFactory,
    SkillFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db

BASE = "http://localhost:8000"


def linked_data(client: Client, path: str) -> dict:
    html = client.get(path).text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


@pytest.fixture
def course(db) -> Course:
    course = published_course(
        title="Maps </script><b>", eqf_level=4, ects="0.4", participation="blended"
    )
    course.runs.update(price="49.50", currency="EUR")
    course.outcomes.create(position=1, text="Find north.")
    course.skills.add(SkillFactory(label="orienteering"))
    CourseRunFactory(
        course=course,
        is_self_paced=False,
        starts_on=datetime.date(2036, 3, 1),
        ends_on=datetime.date(2036, 4, 1),
        price=0,
    )
    return course


def test_a_course_is_described_for_search_engines(client, course):
    """What https://developers.google.com/search/docs/appearance/structured-data/course asks for."""
    data = linked_data(client, course.get_absolute_url())

    assert data["@type"] == "Course"
    assert data["url"] == BASE + course.get_absolute_url()
    assert data["name"] == "Maps </script><b>"
    assert {"description", "provider", "inLanguage"} <= data.keys()
    assert data["timeRequired"] == "PT30M"
    assert data["numberOfCredits"]["value"] == 0.4
    assert data["teaches"][0] == "Find north."
    assert data["teaches"][1]["name"] == "orienteering"
    assert data["isAccessibleForFree"] is True
    assert {(o["category"], o["price"], o["priceCurrency"]) for o in data["offers"]} == {
        ("Paid", 49.5, "EUR"),
        ("Free", 0.0, "EUR"),
    }
    dated = next(one for one in data["hasCourseInstance"] if "startDate" in one)
    assert (dated["startDate"], dated["endDate"]) == ("2036-03-01", "2036-04-01")
    assert {one["courseMode"] for one in data["hasCourseInstance"]} == {"blended"}
    assert data["educationalCredentialAwarded"]["name"] == course.title


def test_courses_and_tracks_are_valid_schema_org(client, course):
    track = published_track(course, published_course(summary=""))
    pages = [course, track, published_course(summary="", prerequisites="Some *algebra*.")]

    found = {page: faults(linked_data(client, page.get_absolute_url())) for page in pages}

    assert found == {page: [] for page in pages}


@pytest.mark.parametrize(
    "change",
    [
        {"@type": "Curse"},
        {"name": ""},
        {"inLanguage": "a language"},
        {"timeRequired": "two hours"},
        {"provider": "Somebody"},
        {"numberOfCredits": 0.4},
        {"instructorr": "Ada"},
        {"offers": [{"@type": "Offer", "price": "dear"}]},
    ],
)
def test_the_validator_finds_what_is_wrong(client, course, change):
    data = linked_data(client, course.get_absolute_url())

    assert faults(data | change)


def test_a_course_that_states_little_says_nothing_of_the_rest(client):
    data = linked_data(client, published_course(summary="").get_absolute_url())

    assert not {"numberOfCredits", "educationalLevel", "offers", "isAccessibleForFree"} & set(data)


def test_a_track_is_a_program(client, course):
    track = published_track(course)

    data = linked_data(client, track.get_absolute_url())

    assert data["@type"] == "EducationalOccupationalProgram"
    assert data["educationalCredentialAwarded"]["credentialCategory"] == "Certificate"
    assert [part["url"] for part in data["hasCourse"]] == [BASE + course.get_absolute_url()]


def test_registries_read_ctdl(client, course):
    answer = client.get(reverse("catalog:course_ctdl", args=[course.slug]))
    track = published_track(course, kind="Diploma")
    credential = client.get(reverse("catalog:track_ctdl", args=[track.slug])).json()

    assert answer["Content-Type"] == "application/ld+json"
    data = answer.json()
    assert data["@type"] == "ceterms:Course"
    assert data["ceterms:estimatedDuration"][0]["ceterms:exactDuration"] == "PT30M"
    assert data["ceterms:ctid"] == f"ce-{course.public_id}"
    assert data["ceterms:deliveryType"][0]["ceterms:targetNode"] == "deliveryType:BlendedDelivery"
    assert data["ceterms:lifeCycleStatusType"]["ceterms:targetNode"] == "lifeCycle:Active"
    assert data["ceterms:teaches"][0]["ceterms:targetNode"].startswith("http://data.europa.eu/")
    assert credential["@type"] == "ceterms:Diploma"
    assert course.title in credential["ceterms:requires"][0]["ceterms:description"]["en"]


def test_the_page_says_which_address_is_its_own(client, course):
    html = client.get(course.get_absolute_url() + "?utm_source=x").text

    assert f'<link rel="canonical" href="{BASE}{course.get_absolute_url()}">' in html
    assert 'property="og:title" content="Maps &lt;/script&gt;&lt;b&gt;"' in html


def test_every_public_page_says_its_address_and_shows_a_picture(client, course, settings):
    skill, track = course.skills.get(), published_track(course)
    pages = [
        *("/", "/courses/", "/tracks/", "/occupations/", "/notices/", "/verify/"),
        *(course.get_absolute_url(), track.get_absolute_url(), skill.get_absolute_url()),
        OccupationFactory().get_absolute_url(),
        reverse("catalog:provider", args=[course.provider.slug]),
        reverse("credentials:issuer", args=[course.awarding_body.slug]),
        reverse("credentials:achievement", args=[course.achievement.public_id]),
    ]

    for page in pages:
        html = client.get(page + "?utm_source=x").text
        assert f'<link rel="canonical" href="{BASE}{page}">' in html, page
        (picture,) = re.findall('property="og:image" content="(.*?)"', html)
        assert finders.find(picture.removeprefix(f"{BASE}/static/")), picture


def test_the_sitemap_lists_what_is_published_and_nothing_else(client, course):
    Course.objects.create(
        title="Draft", slug="draft", provider=course.provider, awarding_body=course.provider
    )
    track = published_track(course)
    SkillFactory()
    occupation = OccupationFactory()
    OccupationFactory(retired_at=TUESDAY)

    def in_sitemap(section: str) -> list[str]:
        xml = client.get(f"/sitemap-{section}.xml").text
        return re.findall("<loc>(?:https?://[^/]+)(.*?)</loc>", xml)

    index = client.get("/sitemap.xml").text
    courses = client.get("/sitemap-courses.xml").text
    tracks = client.get("/sitemap-tracks.xml").text

    assert "/sitemap-courses.xml" in index
    assert course.get_absolute_url() in courses
    assert "draft" not in courses
    assert track.get_absolute_url() in tracks
    assert reverse("catalog:provider", args=[course.provider.slug]) in in_sitemap("providers")
    assert in_sitemap("skills") == [course.skills.get().get_absolute_url()]
    assert in_sitemap("occupations") == [occupation.get_absolute_url()]
    assert client.get("/sitemap-people.xml").status_code == 404
    assert client.get("/sitemap-courses.xml?p=9").status_code == 404
    assert "Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").text


def test_a_provider_shows_what_it_teaches(client, course):
    path = reverse("catalog:provider", args=[course.provider.slug])

    html = client.get(path).text

    assert "Maps &lt;/script&gt;" in html
    assert f"?provider={course.provider.slug}" in html
    assert client.get(reverse("catalog:provider", args=["nobody"])).status_code == 404
