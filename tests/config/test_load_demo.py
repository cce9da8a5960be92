from __future__ import annotations

import io
from collections import defaultdict

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ApiClient, Membership, Organization, User
from catalog.elements import elements
from catalog.models import (
    AchievementVersion,
    Course,
    OccupationSkill,
    Operator,
    RuleNode,
    Skill,
    Track,
)
from config import demo
from credentials.documents import achievement_description
from credentials.models import Award, ReconcileRun
from credentials.tasks import issue
from credentials.vc import documents, hygiene
from credentials.verifying import verify_stored
from enrollment import teaching
from enrollment.cohorts import cohort_of
from enrollment.models import Enrollment
from tests.worlds import made_once

pytestmark = pytest.mark.django_db


_demo = made_once(lambda: call_command("load_demo", stdout=io.StringIO()))


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("login", [demo.LEARNER, demo.CURATOR, demo.INSTRUCTOR, demo.ADMIN])
def test_everyone_of_the_demo_can_sign_in(login):
    assert authenticate(email=login.email, password=login.password)
    assert EmailAddress.objects.filter(email=login.email, verified=True, primary=True).exists()


@pytest.mark.usefixtures("_demo")
def test_the_catalog_is_published():
    assert Course.objects.published().exists()
    assert Track.objects.published().exists()


@pytest.mark.usefixtures("_demo")
def test_the_curator_works_for_every_awarding_body():
    curator = User.objects.get(email=demo.CURATOR.email)

    curated = Organization.objects.curated_by(curator)
    assert set(curated) == set(Organization.objects.filter(is_awarding_body=True))
    assert curator.is_staff
    assert not curator.is_superuser


@pytest.mark.usefixtures("_demo")
def test_the_hr_client_acts_for_the_learners_employer():
    client = ApiClient.objects.get(client_id=demo.HR_CLIENT_ID)

    assert check_password(demo.HR_CLIENT_SECRET, client.client_secret)
    assert Membership.objects.filter(
        user__email=demo.LEARNER.email, organization=client.organization, role="employee"
    ).exists()


@pytest.mark.usefixtures("_demo")
def test_hr_has_a_completion_to_read_and_the_worker_one_to_issue():
    employer = ApiClient.objects.get(client_id=demo.HR_CLIENT_ID).organization
    assert employer is not None

    completed = Enrollment.objects.completed().of_people_at(employer.pk).get()
    assert completed.grade == 100
    assert Award.objects.due(at=timezone.now()).filter(learner=completed.learner).exists()


@pytest.mark.usefixtures("_demo")
def test_the_worker_issues_what_has_been_earned():
    issue()

    award = Award.objects.get()
    assert award.last_failure == ""
    assert verify_stored(award.credentials.get()).is_valid


@pytest.mark.usefixtures("_demo")
def test_no_version_of_the_demo_says_what_cannot_be_signed():
    for version in AchievementVersion.objects.all():
        hygiene.check(documents.achievement(achievement_description(version), with_grade=True))


@pytest.mark.usefixtures("_demo")
def test_the_instructor_finds_a_cohort_that_lives():
    instructor = User.objects.get(email=demo.INSTRUCTOR.email)
    run = teaching.taught_by(instructor).get(is_cohort=True)

    cohort = cohort_of(run, at=timezone.now())
    waiting = set(run.enrollments.values_list("status", flat=True))

    assert {reason for one in cohort.stuck for reason in one.reasons} == {"quiet", "quiz"}
    assert 0 < len(cohort.not_started) < len(cohort.standings) == 10
    assert waiting == {"active", "waitlisted", "requested"}
    assert teaching.marked_in(run) == {run.sessions.first().pk: (8, 10)}
    assert run.sessions.last().starts_at > timezone.now()


@pytest.mark.usefixtures("_demo")
def test_its_awards_are_compared_with_their_rules():
    run = ReconcileRun.objects.get()

    assert (run.found, run.repaired) == (0, 0)
    assert run.awards == Award.objects.count() > 0


@pytest.mark.usefixtures("_demo")
def test_a_second_time_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        call_command("load_demo")


@pytest.mark.usefixtures("_demo")
def test_the_courses_teach_skills_of_esco_and_occupations_need_them():
    taught = Skill.objects.filter(courses__isnull=False)

    assert taught.exists()
    assert not taught.filter(kind="").exists()
    assert OccupationSkill.objects.filter(skill__in=taught).exists()


def test_production_does_without_it(settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="passwords are public"):
        call_command("load_demo")


@pytest.mark.usefixtures("_demo")
def test_every_course_states_all_european_elements():
    courses = list(Course.objects.published().with_workload().select_related("awarding_body"))
    unstated = {
        (course.slug, element.name)
        for course in courses
        for element in elements(
            course, minutes=course.minutes, outcomes=course.outcomes.exclude(skills=None).count()
        )
        if not element.value or (element.key == "workload" and course.ects is None)
    }

    assert len(courses) >= 60
    assert unstated == set()


@pytest.mark.usefixtures("_demo")
def test_every_course_has_a_lesson_and_a_quiz_whose_answers_are_explained():
    for course in Course.objects.published().prefetch_related("units__questions"):
        kinds = {unit.kind for unit in course.units.all()}
        questions = [question for unit in course.units.all() for question in unit.questions.all()]
        assert kinds >= {"lesson", "quiz"}, course
        assert questions, course
        assert all(question.explanation for question in questions), course


@pytest.mark.usefixtures("_demo")
def test_ten_courses_have_an_assignment_with_a_rubric():
    marked = Course.objects.filter(units__kind="assignment", units__criteria__levels__isnull=False)

    assert marked.distinct().count() >= 10


@pytest.mark.usefixtures("_demo")
def test_fourteen_tracks_stand_three_deep_and_every_operator_is_used():
    nodes = RuleNode.objects.filter(version__in=AchievementVersion.objects.current())
    parts = defaultdict(set)
    for whole, course, part in nodes.values_list(
        "version__achievement", "course__achievement", "achievement"
    ):
        parts[whole] |= {course, part} - {None, whole}

    def depth(achievement):
        return 1 + max((depth(part) for part in parts[achievement]), default=0)

    tracks = Track.objects.published().values_list("achievement", flat=True)
    assert sum(depth(achievement) >= 3 for achievement in tracks) >= 14
    assert set(nodes.values_list("operator", flat=True)) == set(Operator.values)
