"""The halt switch: nothing is issued while it is on, and what waited is issued when it is off."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Membership
from credentials import actions, tasks
from credentials.models import Award, Credential, Halt
from tests.admin_pages import url
from tests.credentials.awards import due_awards, issue_all
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    return due_awards(1)[0]


@pytest.fixture
def curator(award):
    user = UserFactory(is_staff=True)
    MembershipFactory(
        user=user, organization=award.achievement.awarding_body, role=Membership.Role.CURATOR
    )
    return user


@pytest.fixture
def admin():
    return UserFactory(is_staff=True, is_superuser=True)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def halt(award=None, **values):
    return Halt.objects.create(
        **{
            "achievement": award.achievement if award else None,
            "by": UserFactory(),
            "reason": "The rule is wrong.",
            "at": TUESDAY,
        }
        | values
    )


@pytest.mark.parametrize("is_of_all", [True, False])
def test_nothing_is_issued_while_it_is_halted(award, is_of_all):
    halt(None if is_of_all else award)

    issue_all()

    assert not Credential.objects.exists()
    assert not Award.objects.due(at=TUESDAY).exists()


def test_what_is_not_halted_is_issued(award):
    other = due_awards(1, achievement=published_course().achievement)[0]
    halt(award)

    issue_all()

    assert Credential.objects.get().award == other


def test_lifting_issues_what_has_waited(award, admin, django_capture_on_commit_callbacks):
    stopped = halt(award)
    issue_all()

    with django_capture_on_commit_callbacks(execute=True):
        actions.lift(halt=stopped, by=admin, at=TUESDAY)
    tasks.sweep()

    assert Credential.objects.get().award == award


def test_judging_goes_on_while_issuing_waits(learner):
    course = published_course()
    halt()
    enrollment = due_enrollment(learner, course)
    tasks.judge()

    assert Award.objects.get().evidence.get().enrollment == enrollment
    assert not Credential.objects.exists()


def due_enrollment(learner, course):
    enrollment = EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    return enrollment


def test_halting_needs_a_reason(admin):
    with pytest.raises(actions.ReasonMissing):
        actions.halt(achievement=None, by=admin, reason=" ", at=TUESDAY)


@pytest.mark.parametrize("is_of_all", [True, False])
def test_halting_twice_is_refused(award, admin, is_of_all):
    achievement = None if is_of_all else award.achievement
    actions.halt(achievement=achievement, by=admin, reason="First.", at=TUESDAY)

    with pytest.raises(actions.AlreadyHalted):
        actions.halt(achievement=achievement, by=admin, reason="Second.", at=TUESDAY)


def test_after_it_was_lifted_it_can_be_halted_again(award, admin):
    actions.lift(halt=halt(award), by=admin, at=TUESDAY)

    actions.halt(achievement=award.achievement, by=admin, reason="Again.", at=TUESDAY)

    assert Halt.objects.in_force().count() == 1


def test_a_lifted_halt_stays_lifted_by_whoever_was_first(award, admin):
    stopped = halt(award)
    actions.lift(halt=stopped, by=admin, at=TUESDAY)

    assert not actions.lift(halt=stopped, by=UserFactory(), at=TUESDAY)

    stopped.refresh_from_db()
    assert stopped.lifted_by == admin


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"reason": ""}, "halt_has_a_reason"),
        ({"lifted_at": TUESDAY}, "halt_lifted_by_somebody"),
    ],
)
def test_a_halt_that_is_not_whole_is_refused(award, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        halt(award, **values)


@pytest.mark.parametrize("is_of_all", [True, False])
def test_one_is_in_force_at_a_time(award, is_of_all):
    halt(None if is_of_all else award)

    with pytest.raises(IntegrityError), transaction.atomic():
        halt(None if is_of_all else award)


# --- In the admin ------------------------------------------------------------------------------


def test_the_first_page_says_what_is_halted_and_lifts_it(award, curator):
    stopped = halt(award)
    client = signed_in(curator)
    page = client.get(url("index")).text
    assert "The rule is wrong." in page
    assert f"since {stopped.at:%Y-%m-%d %H:%M} UTC by" in page

    client.post(url("credentials_halt_lift", stopped.pk))

    stopped.refresh_from_db()
    assert stopped.lifted_by == curator
    assert "Issuing is halted" not in client.get(url("index")).text


def test_a_curator_sees_that_everything_is_halted_and_cannot_lift_it(curator):
    stopped = halt()
    client = signed_in(curator)
    page = client.get(url("index")).text

    status = client.post(url("credentials_halt_lift", stopped.pk)).status_code

    assert "All credentials" in page
    assert "Lift" not in page
    assert status == 404


def test_a_curator_does_not_see_the_halts_of_others(curator):
    halt(due_awards(1)[0])

    assert "Issuing is halted" not in signed_in(curator).get(url("index")).text


def test_a_curator_halts_their_own_and_not_everything(award, curator):
    client = signed_in(curator)
    path = url("credentials_halt_add")

    refused = client.post(path, {"achievement": "", "reason": "Stop."})
    client.post(path, {"achievement": award.achievement.pk, "reason": "Stop."})

    assert "This field is required" in refused.text
    assert [one.achievement for one in Halt.objects.in_force()] == [award.achievement]


def test_a_curator_does_not_halt_what_others_award(curator):
    other = published_course().achievement

    response = signed_in(curator).post(
        url("credentials_halt_add"), {"achievement": other.pk, "reason": "Stop."}
    )

    assert "Select a valid choice" in response.text


def test_whoever_runs_the_installation_halts_everything_once(admin):
    client = signed_in(admin)
    path = url("credentials_halt_add")
    client.post(path, {"achievement": "", "reason": "Stop."})

    again = client.post(path, {"achievement": "", "reason": "Stop."})

    assert "This is halted already." in again.text
    assert Halt.objects.get().achievement is None


def test_the_list_lifts_several_at_once(award, admin):
    halts = [halt(award), halt()]

    signed_in(admin).post(
        url("credentials_halt_changelist"),
        {"action": "lift", "_selected_action": [one.pk for one in halts]},
    )

    assert not Halt.objects.in_force().exists()


def test_a_halt_is_never_edited_or_deleted(award, admin):
    stopped = halt(award)
    client = signed_in(admin)

    assert client.post(url("credentials_halt_delete", stopped.pk)).status_code == 403
    assert client.post(url("credentials_halt_change", stopped.pk), {}).status_code == 403


def test_the_learner_reads_that_it_waits(award):
    halt(award)

    page = signed_in(award.learner).get("/credentials/").text

    assert "has stopped issuing for now" in page
