"""What others find without asking: issuers, achievements, the register, CTDL."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog import actions as catalog_actions
from catalog import rules
from credentials import addresses, tasks
from credentials.views import achievements as register_views
from tests.credentials.awards import issued
from tests.factories import (
    TUESDAY,
    SkillFactory,
    complete_course,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
PROGRAM = {"accept": "application/ld+json"}


@pytest.fixture
def course():
    course = complete_course(title="Maps", ects=Decimal("2.5"))
    course.skills.add(SkillFactory(uri="http://data.europa.eu/esco/skill/1", label="map"))
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    return course


def ctdl_of(client, achievement):
    return client.get(reverse("credentials:achievement_ctdl", args=[achievement.public_id])).json()


def test_an_achievement_is_one_thing_in_every_form(client, course):
    achievement = course.achievement
    page = reverse("credentials:achievement", args=[achievement.public_id])

    as_badge = client.get(page, headers=PROGRAM).json()
    as_ctdl = ctdl_of(client, achievement)

    assert as_badge["id"] == as_ctdl["@id"] == addresses.achievement(achievement)
    assert as_badge["type"] == ["Achievement"]
    assert as_ctdl["ceterms:ctid"] == f"ce-{achievement.public_id}"


def test_ctdl_says_what_it_is_who_owns_it_and_what_it_shows(client, course):
    said = ctdl_of(client, course.achievement)

    assert said["@context"] == "https://credreg.net/ctdl/schema/context/json"
    assert said["@type"] == "ceterms:MicroCredential"
    assert said["ceterms:name"] == {"en": "Maps"}
    (owner,) = said["ceterms:ownedBy"]
    assert owner["@id"] == addresses.issuer_profile(course.awarding_body)
    (condition,) = said["ceterms:requires"]
    (skill,) = condition["ceterms:targetCompetency"]
    assert skill["ceterms:targetNode"] == "http://data.europa.eu/esco/skill/1"
    assert condition["ceterms:creditValue"][0]["schema:value"] == 2.5
    assert [one.rsplit("/", 2)[-2] for one in condition["ceterms:targetLearningOpportunity"]] == [
        course.slug
    ]


def test_a_rule_becomes_conditions(client, course):
    first, second = published_course(title="Tides"), published_course(title="Stars")
    inner = published_track(course, title="Coast")
    track = published_track(
        tree=rules.all_of(leaf(course), leaf(inner), rules.at_least(1, leaf(first), leaf(second))),
        title="Pilot",
    )

    fixed, chosen = ctdl_of(client, track.achievement)["ceterms:requires"]

    assert len(fixed["ceterms:targetLearningOpportunity"]) == 1
    assert fixed["ceterms:targetCredential"] == [addresses.achievement(inner.achievement)]
    assert "at least 1 of Tides and Stars" in chosen["ceterms:description"]["en"]
    assert [one["ceterms:description"]["en"] for one in chosen["ceterms:alternativeCondition"]] == [
        "Complete Tides.",
        "Complete Stars.",
    ]


def test_one_credential_has_one_identifier_wherever_it_is_listed(client, course):
    track = published_track(course)

    of_track = client.get(reverse("catalog:track_ctdl", args=[track.slug])).json()

    assert of_track["ceterms:ctid"] == ctdl_of(client, track.achievement)["ceterms:ctid"]


def test_the_register_is_browsed_page_by_page(client, monkeypatch):
    monkeypatch.setattr(register_views, "LISTED", 2)
    titles = ["Maps", "Tides", "Stars", "Knots", "Winds"]
    for title in titles:
        published_course(title=title)

    seen, address = [], reverse("credentials:register")
    while address:
        page = client.get(address)
        seen += [one.name for one in page.context["versions"]]
        further = page.context["further"]
        address = f"{reverse('credentials:register')}?{further}" if further else ""

    assert seen == titles


def test_programs_follow_its_links(client, monkeypatch):
    monkeypatch.setattr(register_views, "LISTED", 2)
    made = [published_course(title=title).achievement for title in ("Maps", "Tides", "Stars")]

    first = client.get(reverse("credentials:register"), headers=PROGRAM)
    (following,) = [one for one in first["Link"].split(", ") if 'rel="next"' in one]
    second = client.get(
        following[1 : following.index(">")].removeprefix("http://localhost:8000"), headers=PROGRAM
    )

    ids = [one["@id"] for page in (first, second) for one in page.json()["@graph"]]
    assert ids == [addresses.achievement(one) for one in made]
    assert 'rel="next"' not in second["Link"]


def test_the_register_costs_the_same_queries_whatever_its_length(client, django_assert_num_queries):
    for _ in range(3):
        published_course()
    with django_assert_num_queries(3):
        client.get(reverse("credentials:register"), headers=PROGRAM)

    for _ in range(3):
        published_course()

    with django_assert_num_queries(3):
        client.get(reverse("credentials:register"), headers=PROGRAM)


def test_the_register_is_read_by_issuer(client, course):
    other = published_course(title="Tides")

    page = client.get(reverse("credentials:register"), {"issuer": other.awarding_body.slug})

    assert [one.name for one in page.context["versions"]] == ["Tides"]


@pytest.mark.parametrize("after", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_place_that_never_was_is_not_found(client, after):
    assert client.get(reverse("credentials:register"), {"after": after}).status_code == 404


@pytest.mark.parametrize("name", ["achievement", "achievement_ctdl", "issuer", "register"])
def test_documents_say_what_they_are_and_are_not_sent_twice(client, course, name):
    arguments = {"issuer": [course.awarding_body.slug], "register": []}
    address = reverse(
        f"credentials:{name}", args=arguments.get(name, [course.achievement.public_id])
    )

    first = client.get(address, headers=PROGRAM)
    again = client.get(address, headers={**PROGRAM, "if-none-match": first["ETag"]})

    assert first["Content-Type"] == "application/ld+json"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["achievement", "issuer", "register"])
def test_pages_lead_to_their_documents(client, course, name):
    arguments = {"issuer": [course.awarding_body.slug], "register": []}
    address = reverse(
        f"credentials:{name}", args=arguments.get(name, [course.achievement.public_id])
    )

    page = client.get(address)

    link = f'<http://localhost:8000{address}>; rel="alternate"; type="application/ld+json"'
    assert link in page["Link"]
    assert f'rel="alternate" type="application/ld+json" href="http://localhost:8000{address}"' in (
        page.text
    )


def test_the_document_of_a_did_is_not_sent_twice(client, course):
    for address in (
        "/.well-known/did.json",
        "/did.json",
        reverse("credentials:did_document", args=[course.awarding_body.slug]),
    ):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("*/*", "application/vc"),
        ("application/vc, application/json", "application/vc"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/plain", "application/vc"),
    ],
)
def test_a_status_list_is_called_what_its_reader_can_read(client, accept, sent):
    (credential,) = issued()
    tasks.sweep()

    address = reverse("credentials:status_list", args=[credential.status_list.public_id])
    response = client.get(address, headers={"accept": accept})

    assert response["Content-Type"] == sent
    assert "Accept" in response["Vary"].split(", ")
    assert "BitstringStatusListCredential" in json.loads(response.content)["type"]
