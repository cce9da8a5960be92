from __future__ import annotations

import datetime

import pytest
from django.conf import settings

from accounts.models import Membership, Organization
from credentials import actions
from credentials.models import Award, Credential
from enrollment.models import Enrollment
from tests.api.conftest import Caller, assert_problem
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    complete,
    published_course,
    published_track,
)

COMPLETIONS = "/api/v1/completions"


def employee(organization: Organization, **fields: str):
    user = UserFactory(**fields)
    MembershipFactory(user=user, organization=organization, role=Membership.Role.EMPLOYEE)
    return user


def completion(organization: Organization, **fields: object) -> Enrollment:
    """Completed as a learner does it, so that judging is asked for."""
    enrollment = EnrollmentFactory(learner=employee(organization), **fields)
    complete(enrollment=enrollment, at=TUESDAY)
    enrollment.refresh_from_db()
    return enrollment


def test_a_completion_names_learner_course_and_time(api: Caller, employer: Organization):
    learner = employee(employer, email="ada@example.org", credential_name="Ada Eriksson")
    course = published_course(title="Reading data")
    done = EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, grade="92.5")

    (found,) = api.json(COMPLETIONS)["results"]

    assert found == {
        "id": str(done.public_id),
        "learner": {
            "id": str(learner.public_id),
            "name": "Ada Eriksson",
            "email": "ada@example.org",
        },
        "course": {
            "id": str(course.public_id),
            "external_id": course.external_id,
            "title": "Reading data",
            "url": f"{settings.BASE_URL}/courses/{course.slug}/",
        },
        "completed_at": "2026-03-03T09:00:00Z",
        "grade": "92.50",
        "credential": None,
    }
    assert api.json(f"{COMPLETIONS}/{done.public_id}") == found


def test_the_credential_is_due_then_issued_then_revoked(api: Caller, employer: Organization):
    done = completion(employer)
    path = f"{COMPLETIONS}/{done.public_id}"
    actions.judge_due(at=TUESDAY)
    assert api.json(path)["credential"] == {"id": None, "url": None, "status": "due"}

    actions.issue_due(at=TUESDAY)
    credential = Credential.objects.get()
    issued = {
        "id": str(credential.public_id),
        "url": f"{settings.BASE_URL}/credentials/{credential.public_id}",
        "status": "issued",
    }
    assert api.json(path)["credential"] == issued

    actions.revoke(award=Award.objects.get(), by=UserFactory(), reason="A mistake.", at=TUESDAY)
    assert api.json(path)["credential"] == {**issued, "status": "revoked"}


def test_the_credential_of_a_track_is_not_the_completions(api: Caller, employer: Organization):
    course = published_course()
    published_track(course)
    completion(employer, run=course.runs.get())
    actions.judge_due(at=TUESDAY)
    actions.issue_due(at=TUESDAY)
    assert Credential.objects.count() == 2

    (found,) = api.json(COMPLETIONS)["results"]

    own = Credential.objects.get(award__achievement__course=course)
    assert found["credential"]["id"] == str(own.public_id)


def test_a_credential_that_the_learner_hides_has_no_address(api: Caller, employer: Organization):
    completion(employer)
    actions.judge_due(at=TUESDAY)
    actions.issue_due(at=TUESDAY)
    Credential.objects.update(visibility=Credential.Visibility.OFF)

    (found,) = api.json(COMPLETIONS)["results"]

    assert found["credential"] == {"id": None, "url": None, "status": "issued"}


def test_other_peoples_completions_are_not_found(api: Caller):
    other = EnrollmentFactory(completed=True)
    MembershipFactory(user=other.learner, role=Membership.Role.EMPLOYEE)

    assert api.json(COMPLETIONS)["results"] == []
    assert_problem(api.get(f"{COMPLETIONS}/{other.public_id}"), 404)


@pytest.mark.parametrize("role", ["curator", "instructor", "reviewer", "hr"])
def test_only_employees_are_the_employers_people(api: Caller, employer: Organization, role: str):
    done = EnrollmentFactory(completed=True)
    MembershipFactory(user=done.learner, organization=employer, role=role)

    assert api.json(COMPLETIONS)["results"] == []


def test_an_employee_with_another_role_is_listed_once(api: Caller, employer: Organization):
    done = EnrollmentFactory(learner=employee(employer), completed=True)
    MembershipFactory(user=done.learner, organization=employer, role=Membership.Role.HR)

    assert len(api.json(COMPLETIONS)["results"]) == 1


def test_what_is_not_completed_is_not_shown(api: Caller, employer: Organization):
    active = EnrollmentFactory(learner=employee(employer))

    assert api.json(COMPLETIONS)["results"] == []
    assert_problem(api.get(f"{COMPLETIONS}/{active.public_id}"), 404)


def test_completions_are_filtered_and_ordered_by_time(api: Caller, employer: Organization):
    course = published_course()
    days = [datetime.timedelta(days=number) for number in range(3)]
    later, first, between = (
        EnrollmentFactory(
            learner=employee(employer),
            run=course.runs.get(),
            completed=True,
            completed_at=TUESDAY + day,
        )
        for day in (days[2], days[0], days[1])
    )

    def found(**query: object) -> list[str]:
        return [item["id"] for item in api.json(COMPLETIONS, **query)["results"]]

    ids = [str(item.public_id) for item in (first, between, later)]
    assert found() == ids
    assert found(completed_since="2026-03-04T09:00:00Z") == ids[1:]
    assert found(completed_before="2026-03-04T09:00:00Z") == ids[:1]
    assert found(course=course.public_id) == ids
    assert found(course=published_course().public_id) == []


def test_a_page_costs_the_same_queries_whatever_its_length(
    api: Caller, employer: Organization, django_assert_num_queries
):
    completion(employer)
    actions.judge_due(at=TUESDAY)
    actions.issue_due(at=TUESDAY)
    with django_assert_num_queries(4):
        api.json(COMPLETIONS)
    for _ in range(3):
        completion(employer)
    actions.judge_due(at=TUESDAY)
    actions.issue_due(at=TUESDAY)

    with django_assert_num_queries(4):
        api.json(COMPLETIONS)
