"""The people of the demo, their employer's API client, and what one of them has learned."""

from __future__ import annotations

import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import ApiClient, Membership, Organization, User
from catalog.models import CourseRun, Status, Unit
from config import demo, demo_cohort
from enrollment import actions
from enrollment.papers import posed, right_response

EMPLOYER = "org-northgate"


class NoEmployer(Exception):
    """The demo catalog lacks the organization that the demo's people work for."""


def are_there() -> bool:
    return ApiClient.objects.filter(client_id=demo.HR_CLIENT_ID).exists()


@transaction.atomic
def create(*, at: datetime.datetime) -> None:
    """Create whoever is missing; the API client comes last, and says that all of it is done."""
    employer = Organization.objects.filter(external_id=EMPLOYER, is_employer=True).first()
    if employer is None:
        raise NoEmployer(EMPLOYER)
    learner = _person(demo.LEARNER.email, demo.LEARNER.password, name="Lena Okafor")
    curator = _person(demo.CURATOR.email, demo.CURATOR.password, name="Mateo Rossi", is_staff=True)
    _person(
        demo.ADMIN.email, demo.ADMIN.password, name="Ada Lind", is_staff=True, is_superuser=True
    )
    colleague = _person(demo.COLLEAGUE_EMAIL, None, name="Noor Haddad")
    for employee in (learner, colleague):
        _member(employee, employer, Membership.Role.EMPLOYEE)
    for organization in Organization.objects.filter(is_awarding_body=True):
        _member(curator, organization, Membership.Role.CURATOR)
    _take_a_course(colleague, at=at)
    instructor = _person(demo.INSTRUCTOR.email, demo.INSTRUCTOR.password, name="Ines Duarte")
    demo_cohort.create(instructor, at=at)
    ApiClient.objects.get_or_create(
        client_id=demo.HR_CLIENT_ID,
        defaults={
            "name": f"HR system of {employer.name}",
            "organization": employer,
            "client_secret": demo.HR_CLIENT_SECRET,
            "client_type": ApiClient.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": ApiClient.GRANT_CLIENT_CREDENTIALS,
        },
    )


def _person(email: str, password: str | None, *, name: str, **extra: bool) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, password, credential_name=name, **extra
    )
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def _member(user: User, organization: Organization, role: str) -> None:
    Membership.objects.get_or_create(user=user, organization=organization, role=role)


def _take_a_course(learner: User, *, at: datetime.datetime) -> None:
    """As a learner would: read every unit and answer every question."""
    runs = CourseRun.objects.filter(
        Q(price=None) | Q(price=0),
        is_self_paced=True,
        seats=None,
        needs_approval=False,
        course__status=Status.PUBLISHED,
        course__prerequisite_nodes=None,
    )
    open_runs = runs.open_on(at.date()).order_by("course__external_id", "pk")
    # A quiz, so that the completion has a grade to show.
    run = open_runs.filter(course__units__kind=Unit.Kind.QUIZ).first() or open_runs.first()
    if run is None:
        return
    enrollment = actions.enroll(learner=learner, run=run, at=at)
    for unit in run.course.units.all():
        if not unit.is_quiz:
            actions.finish_unit(enrollment=enrollment, unit=unit, at=at)
            continue
        attempt = actions.start_attempt(enrollment=enrollment, unit=unit, at=at)
        responses = {asked["id"]: right_response(asked) for _, asked in posed(attempt)}
        actions.submit_attempt(attempt=attempt, responses=responses, at=at)
