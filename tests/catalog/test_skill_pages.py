from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog import actions
from catalog.models import CourseSkill
from tests.factories import (
    TUESDAY,
    CourseFactory,
    OccupationFactory,
    SkillFactory,
    needs,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db

OCCUPATIONS = reverse("catalog:occupations")
HOME = reverse("catalog:home")


def taught_by(skill, **fields):
    course = CourseFactory(**fields)
    CourseSkill.objects.create(course=course, skill=skill)
    return course


def published_with(skill, **fields):
    course = published_course(**fields)
    CourseSkill.objects.create(course=course, skill=skill)
    actions.publish_course(course=course, at=TUESDAY)
    return course


def test_a_skill_page_says_what_teaches_it_and_who_needs_it(client: Client):
    skill = SkillFactory(label="SQL", alt_labels="query language", description="A language.")
    course = published_with(skill, title="First queries")
    track = published_track(course, title="Data work")
    analyst = needs(OccupationFactory(label="data analyst"), skill)
    clerk = needs(OccupationFactory(label="clerk"), skill, relation="optional")

    html = client.get(skill.get_absolute_url()).text

    for part in ("query language", "A language.", "Essential for", "Useful for", skill.uri):
        assert part in html
    for item in (course, track, analyst, clerk):
        assert f'href="{item.get_absolute_url()}"' in html


def test_drafts_and_retired_courses_teach_nobody(client: Client):
    skill = SkillFactory()
    taught_by(skill, title="A draft")
    actions.retire(item=published_with(skill, title="An old one"))

    html = client.get(skill.get_absolute_url()).text

    assert "No course of this catalog teaches it yet" in html
    assert "A draft" not in html
    assert "An old one" not in html


def test_a_retired_skill_keeps_its_page_and_says_so(client: Client):
    skill = SkillFactory(retired_at=TUESDAY)

    assert "no longer has it, since March 2026" in client.get(skill.get_absolute_url()).text


def test_many_courses_are_paged(client: Client):
    skill = SkillFactory()
    for number in range(21):
        published_with(skill, title=f"Course {number:02}")

    html = client.get(skill.get_absolute_url(), {"page": "2"}).text

    assert "Course 20" in html
    assert "Course 19" not in html


def test_of_many_occupations_the_rest_are_one_click_away(client: Client):
    skill = SkillFactory()
    for number in range(25):
        needs(OccupationFactory(label=f"clerk {number:02}"), skill)
    needs(OccupationFactory(label="gone", retired_at=TUESDAY), skill)

    html = client.get(skill.get_absolute_url()).text

    assert "25 occupations" in html
    assert "clerk 24" not in html
    assert "Clerk 24" in client.get(OCCUPATIONS, {"needs": skill.public_id, "page": "2"}).text


def test_a_course_leads_to_the_pages_of_its_skills(client: Client):
    skill = SkillFactory(label="SQL")
    course = published_with(skill)

    assert f'href="{skill.get_absolute_url()}"' in client.get(course.get_absolute_url()).text


def test_an_occupation_page_says_how_far_the_catalog_takes_one(client: Client):
    taught, not_taught, useful = (SkillFactory(label=name) for name in ("SQL", "welding", "Go"))
    occupation = needs(OccupationFactory(label="data analyst", isco08="2511"), taught, not_taught)
    needs(occupation, useful, relation="optional")
    course = published_with(taught, title="First queries")
    taught_by(not_taught, title="A draft")

    html = client.get(occupation.get_absolute_url()).text

    assert "1 of 2" in html
    assert "1 course" in html
    assert "Not taught here yet" in html
    assert "ISCO-08 2511" in html
    assert "A draft" not in html
    for item in (taught, not_taught, useful, course):
        assert f'href="{item.get_absolute_url()}"' in html


def test_the_course_that_teaches_most_comes_first(client: Client):
    one, two = SkillFactory(), SkillFactory()
    occupation = needs(OccupationFactory(), one, two)
    published_with(one, title="A little")
    much = published_with(one, title="Much")
    CourseSkill.objects.create(course=much, skill=two)

    html = client.get(occupation.get_absolute_url()).text

    assert html.index("Much") < html.index("A little")


def test_an_occupation_without_links_and_a_retired_one_say_so(client: Client):
    occupation = OccupationFactory(retired_at=TUESDAY)

    html = client.get(occupation.get_absolute_url()).text

    assert "It is not known which skills it needs" in html
    assert "no longer has it, since March 2026" in html


def test_what_one_wants_to_become_is_found_by_any_of_its_names(client: Client):
    nurse = OccupationFactory(label="nurse", alt_labels="carer\nhealth worker")
    OccupationFactory(label="welder")

    html = client.get(OCCUPATIONS, {"q": "Health work"}).text

    assert nurse.get_absolute_url() in html
    assert "welder" not in html


def test_retired_occupations_are_not_found(client: Client):
    OccupationFactory(label="typist", retired_at=TUESDAY)

    assert "No occupation matches" in client.get(OCCUPATIONS, {"q": "typist"}).text
    assert "There are no occupations yet" in client.get(OCCUPATIONS).text


@pytest.mark.parametrize("query", [{"needs": "x"}, {"page": "x"}, {"needs": "1" * 400}])
def test_what_is_not_understood_filters_nothing(client: Client, query):
    OccupationFactory(label="welder")

    assert "Welder" in client.get(OCCUPATIONS, query).text


def test_pages_keep_the_search(client: Client):
    for number in range(21):
        OccupationFactory(label=f"welder {number}")

    assert "?q=welder&amp;page=2" in client.get(OCCUPATIONS, {"q": "welder"}).text


def test_the_front_page_asks_what_one_wants_to_become_once_there_are_answers(client: Client):
    assert "What do you want to become?" not in client.get(HOME).text

    OccupationFactory()

    assert f'action="{OCCUPATIONS}"' in client.get(HOME).text


@pytest.mark.parametrize("page", ["skill", "occupation", "occupations"])
def test_pages_take_as_many_queries_however_much_is_on_them(
    client: Client, page: str, django_assert_max_num_queries
):
    skills = [SkillFactory() for _ in range(5)]
    for skill in skills:
        published_track(published_with(skill))
    for relation in ("essential", "optional"):
        occupations = [needs(OccupationFactory(), *skills, relation=relation) for _ in range(5)]
    address = {
        "skill": skills[0].get_absolute_url(),
        "occupation": occupations[0].get_absolute_url(),
        "occupations": f"{OCCUPATIONS}?q=zzz&needs={skills[0].public_id}",
    }[page]

    with django_assert_max_num_queries(10):
        client.get(address)
