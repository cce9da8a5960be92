"""What people of an organization see of a learner, role by role and page by page."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from accounts.visibility import SEEN_BY, Facts
from catalog import rules
from catalog.actions import draft_version
from catalog.models import Achievement
from credentials import tasks
from credentials.actions import ask_for_preview
from credentials.models import Appeal, Award, Credential, Pursuit, Refusal
from enrollment import actions
from enrollment.models import Exemption, Order
from tests.credentials.claims import claimed
from tests.enrollment.assignments import assignment_unit, handed_in
from tests.enrollment.teaching import a_session
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    TrackFactory,
    UserFactory,
    published_course,
)
from tests.worlds import made_once

pytestmark = pytest.mark.django_db

NAME, EMAIL = "Quilla Zephyr", "quilla@learners.example"
ROLES = list(Membership.Role)
PAGES = {
    "marking": Facts.WORK,
    "cohort": Facts.COHORT,
    "grades": Facts.COHORT,
    "grades_file": Facts.COHORT,
    "attendance": Facts.COHORT,
    "enrollment_enrollment": Facts.RECORDS,
    "enrollment_order": Facts.RECORDS,
    "enrollment_exemption": Facts.RECORDS,
    "credentials_appeal": Facts.RECORDS,
    "credentials_award": Facts.RECORDS,
    "credentials_award_why": Facts.RECORDS,
    "catalog_course_retire": Facts.RECORDS,
    "credentials_credential": Facts.RECORDS,
    "recognizing": Facts.RECORDS,
    "recognize": Facts.RECORDS,
    "credentials_refusal": Facts.RECORDS,
    "credentials_pursuit": Facts.RECORDS,
    "preview": Facts.RECORDS,
    "preview_file": Facts.RECORDS,
}
OF_NOBODY = ("accounts_user", "notifications_message", "account_emailaddress", "admin_logentry")


def build():
    learner = UserFactory(credential_name=NAME, email=EMAIL)
    course = published_course(title="Maps")
    run = course.runs.get()
    unit = assignment_unit(course=published_course(title="Work", provider=course.provider))
    work = handed_in(unit, actions.enroll(learner=learner, run=unit.course.runs.get(), at=TUESDAY))
    done = actions.enroll(learner=learner, run=run, at=TUESDAY)
    actions.finish_unit(enrollment=done, unit=course.units.get(), at=TUESDAY)
    tasks.judge()
    session = a_session(run)
    order = Order.objects.create(
        enrollment=done, method="invoice", status="open", amount=10, currency="EUR",
        billing_name=NAME, created_at=TUESDAY,
    )  # fmt: skip
    asked = Exemption.objects.create(
        learner=learner, course=course, reason="I know it.", asked_at=TUESDAY
    )
    claim = claimed(learner, course=course)
    objects = {
        "enrollment_enrollment": done,
        "enrollment_order": order,
        "enrollment_exemption": asked,
        "credentials_appeal": Appeal.objects.create(
            learner=learner, achievement=course.achievement, text="Please.", asked_at=TUESDAY
        ),
        "credentials_refusal": Refusal.objects.create(
            learner=learner,
            achievement=course.achievement,
            by=UserFactory(),
            reason="No.",
            refused_at=TUESDAY,
        ),
        "credentials_pursuit": Pursuit.objects.create(
            learner=learner,
            achievement=course.achievement,
            version=course.achievement.versions.get(),
            joined_at=TUESDAY,
        ),
        "credentials_award": Award.objects.get(learner=learner),
        "credentials_credential": Credential.objects.get(award__learner=learner),
    }
    preview = previewed(course)
    addresses = {
        "preview": [reverse("admin:credentials_rulepreview_change", args=[preview.pk])],
        "preview_file": [reverse("admin:credentials_rulepreview_file", args=[preview.pk])],
        "marking": [reverse("enrollment:marking", args=[work.public_id])],
        "recognizing": [reverse("credentials:recognizing")],
        "recognize": [reverse("credentials:recognize", args=[claim.public_id])],
        "catalog_course_retire": [reverse("admin:catalog_course_retire", args=[unit.course.pk])],
        "credentials_award_why": [
            f"{reverse('admin:credentials_award_why')}"
            f"?learner={learner.pk}&achievement={course.achievement.pk}"
        ],
        "attendance": [reverse("enrollment:attendance", args=[run.public_id, session.public_id])],
        **{
            name: [reverse(f"enrollment:{name}", args=[run.public_id])]
            for name in ("cohort", "grades", "grades_file")
        },
        **{
            name: [
                reverse(f"admin:{name}_changelist"),
                reverse(f"admin:{name}_change", args=[item.pk]),
            ]
            for name, item in objects.items()
        },
    }
    clients = {}
    for role in ROLES:
        for where, organization in (("own", course.provider), ("other", None)):
            # As staff, so that nothing but the membership keeps them out of the admin.
            user = UserFactory(is_staff=True)
            member = {"organization": organization} if organization else {}
            MembershipFactory(user=user, role=role, **member)
            clients[role, where] = Client()
            clients[role, where].force_login(user)
    return clients, addresses, learner


world = made_once(build)


def previewed(course):
    """A preview of a track that whoever has completed the course gains."""
    track = TrackFactory(organization=course.provider)
    achievement = Achievement.objects.create(track=track, awarding_body=course.provider)
    rules.store(draft_version(achievement=achievement), rules.CourseLeaf(course.pk))
    return ask_for_preview(item=track, by=UserFactory(), at=TUESDAY)


def shows_the_learner(client: Client, address: str) -> bool:
    response = client.get(address)
    text = b"".join(response).decode()
    return response.status_code == 200 and (NAME in text or EMAIL in text)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_learners_to_the_roles_of_the_table(page, role, world):
    clients, addresses, _ = world

    shown = [shows_the_learner(clients[role, "own"], one) for one in addresses[page]]

    assert set(shown) == {role in SEEN_BY[PAGES[page]]}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_no_role_shows_the_learners_of_another_organization(page, role, world):
    clients, addresses, _ = world

    assert not any(shows_the_learner(clients[role, "other"], one) for one in addresses[page])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", OF_NOBODY)
def test_no_role_shows_what_only_superusers_see(model, role, world):
    clients, _, learner = world
    pages = [reverse(f"admin:{model}_changelist"), f"/admin/accounts/user/{learner.pk}/change/"]

    statuses = {clients[role, "own"].get(page).status_code for page in pages}

    assert statuses <= {302, 403, 404}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("app", "model", "field"),
    [
        ("accounts", "membership", "user"),
        ("account", "emailaddress", "user"),
        ("enrollment", "enrollment", "learner"),
        ("credentials", "award", "learner"),
    ],
)
def test_no_role_finds_people_by_autocomplete(app, model, field, role, world):
    clients, _, _ = world
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": "Quilla"}

    response = clients[role, "own"].get(reverse("admin:autocomplete"), asked)

    assert response.status_code == 403
    assert NAME not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_no_session_of_a_person_reads_the_api(role, world):
    clients, _, _ = world

    assert clients[role, "own"].get("/api/v1/completions").status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_no_role_opens_a_learner_s_own_pages(role, world):
    clients, _, learner = world
    enrollment = learner.enrollments.first()

    response = clients[role, "own"].get(f"/learning/{enrollment.public_id}/")

    assert response.status_code == 404


def test_the_documented_table_is_the_one_that_holds():
    text = (settings.BASE_DIR / "docs/privacy.md").read_text()
    (head,) = re.findall(r"^\| Facts \|(.+)\|$", text, re.MULTILINE)
    roles = [name.strip() for name in head.split("|")]

    documented = {}
    for facts in Facts:
        (row,) = re.findall(rf"^\| {re.escape(facts.value)} \|(.+)\|$", text, re.MULTILINE)
        said = dict(zip(roles, (cell.strip() for cell in row.split("|")), strict=True))
        documented[facts] = {Membership.Role(role) for role in roles if said[role] == "yes"}

    assert set(roles) == set(Membership.Role)
    assert documented == {facts: set(seen) for facts, seen in SEEN_BY.items()}
