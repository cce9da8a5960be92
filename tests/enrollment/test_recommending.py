"""Courses for the occupation that a learner aims for, and why."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from catalog.models import CourseSkill
from enrollment import actions
from enrollment.models import Goal
from enrollment.recommending import advice
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    OccupationFactory,
    SkillFactory,
    UserFactory,
    needs,
    published_course,
)

pytestmark = pytest.mark.django_db


def teaching(*skills, **fields):
    course = published_course(**fields)
    CourseSkill.objects.bulk_create(CourseSkill(course=course, skill=skill) for skill in skills)
    return course


def recommended(learner: User) -> list[tuple[str, list[str]]]:
    found = advice(learner)
    assert found is not None
    return [(one.course.title, [s.label for s in one.skills]) for one in found.recommendations]


@pytest.fixture
def skills():
    return [SkillFactory(label=label) for label in ("averages", "charts", "queries", "tact")]


@pytest.fixture
def analyst(learner, skills):
    *essential, useful = skills
    analyst = needs(OccupationFactory(label="data analyst"), *essential)
    needs(analyst, useful, relation="optional")
    actions.aim_for(learner=learner, occupation=analyst, at=TUESDAY)
    return analyst


def test_without_a_goal_there_is_no_advice(learner):
    assert advice(learner) is None


def test_the_course_that_adds_most_comes_first_and_says_why(learner, analyst, skills):
    teaching(skills[0], title="Averages")
    teaching(skills[1], skills[2], title="Charts and queries")
    teaching(SkillFactory(label="knitting"), title="Knitting")

    assert recommended(learner) == [
        ("Charts and queries", ["charts", "queries"]),
        ("Averages", ["averages"]),
    ]


def test_what_a_course_further_up_teaches_is_no_reason_for_another(learner, analyst, skills):
    teaching(*skills[:3], title="All of it")
    teaching(skills[0], skills[1], title="Some of it")

    assert [title for title, _ in recommended(learner)] == ["All of it"]


def test_what_a_completed_course_taught_counts_as_held(learner, analyst, skills):
    EnrollmentFactory(learner=learner, run=teaching(skills[0]).runs.get(), completed=True)
    teaching(skills[0], title="The same once more")
    teaching(skills[1], title="Charts")

    found = advice(learner)

    assert (found.held, found.needed) == (1, 3)
    assert recommended(learner) == [("Charts", ["charts"])]


def test_what_the_learner_takes_is_not_recommended(learner, analyst, skills):
    EnrollmentFactory(learner=learner, run=teaching(skills[0]).runs.get())

    assert recommended(learner) == []


def test_how_many_others_take_it_does_not_count(learner, analyst, skills):
    crowded = teaching(skills[0], title="Crowded", lessons=2)
    for _ in range(5):
        EnrollmentFactory(run=crowded.runs.get())
    teaching(skills[1], skills[2], title="Empty")

    assert recommended(learner)[0][0] == "Empty"


def test_of_two_that_add_as_much_the_shorter_one_comes_first(learner, analyst, skills):
    teaching(skills[0], title="A long one", lessons=3)
    teaching(skills[0], title="B short one", lessons=1)

    assert [title for title, _ in recommended(learner)] == ["B short one"]


def test_one_essential_skill_is_worth_more_than_a_useful_one(learner, analyst, skills):
    teaching(skills[3], title="Tact")
    teaching(skills[2], title="Queries", lessons=4)

    assert recommended(learner) == [("Queries", ["queries"]), ("Tact", ["tact"])]


def test_drafts_are_not_recommended(learner, analyst, skills):
    course = teaching(skills[0])
    type(course).objects.update(status="draft", published_at=None)

    assert recommended(learner) == []


def test_advice_takes_two_queries(learner, analyst, skills, django_assert_num_queries):
    for skill in skills:
        teaching(skill)

    with django_assert_num_queries(2):
        advice(learner)


def test_an_occupation_of_which_nothing_is_known_says_so(learner):
    actions.aim_for(learner=learner, occupation=OccupationFactory(), at=TUESDAY)

    found = advice(learner)

    assert (found.needed, found.recommendations) == (0, ())


def test_a_learner_aims_for_one_occupation(learner, analyst):
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.create(learner=learner, occupation=analyst, chosen_at=TUESDAY)


def test_another_goal_takes_the_place_of_the_first(learner, analyst):
    actions.aim_for(learner=learner, occupation=OccupationFactory(label="poet"), at=TUESDAY)

    assert str(Goal.objects.get(learner=learner)) == "poet"


def test_the_occupation_s_page_sets_the_goal_and_home_explains(client: Client, skills):
    learner = UserFactory()
    client.force_login(learner)
    analyst = needs(OccupationFactory(label="data analyst"), *skills)
    teaching(*skills, title="Analysis")
    page = client.get(analyst.get_absolute_url()).content.decode()
    assert "Aim for this" in page

    home = client.post(f"/learning/goal/{analyst.public_id}", follow=True).content.decode()

    assert "Analysis" in home
    assert "<strong>averages</strong>" in home
    assert "and 1 more: essential for data analyst." in " ".join(home.split())
    assert "Data analyst" in client.get("/profile/").content.decode()


def test_the_goal_is_given_up_on_the_same_page(client: Client, learner, analyst):
    client.force_login(learner)

    client.post(f"/learning/goal/{analyst.public_id}", {"give_up": "1"})

    assert not Goal.objects.exists()


def test_visitors_see_no_button(client: Client, analyst):
    assert "Aim for this" not in client.get(analyst.get_absolute_url()).content.decode()
