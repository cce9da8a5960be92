"""Awards in the curators' hands: seen, tried again, revoked with a reason."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Membership
from credentials import tasks
from credentials.models import Award, Credential
from enrollment import actions
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def earned(client: Client):
    """An award of the curator's organization with a track's that rests on it, both issued."""
    own = OrganizationFactory()
    course = published_course(provider=own, title="Course")
    part = published_track(course, organization=own, title="Part")
    published_track(part, organization=own, title="Whole")
    enrollment = actions.enroll(learner=UserFactory(), run=course.runs.get(), at=TUESDAY)
    actions.finish_unit(enrollment=enrollment, unit=course.units.get(), at=TUESDAY)
    tasks.judge()
    tasks.issue()
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return Award.objects.get(version__name="Part")


def test_a_revocation_shows_first_what_falls_with_it(client, earned):
    page = client.get(url("credentials_award_revoke", earned.pk)).text

    assert "What falls with it" in page
    assert "Whole" in page
    assert not Award.objects.filter(revoked_at__isnull=False).exists()


def test_a_revocation_with_which_nothing_falls_says_so(client, earned):
    above = Award.objects.get(version__name="Whole")

    page = client.get(url("credentials_award_revoke", above.pk)).text

    assert "Nothing: no other award of the learner rests on it." in page
    assert "What falls with it" not in client.get(url("credentials_award_suspend", above.pk)).text


def test_a_revocation_needs_a_reason_and_leaves_it_everywhere(client, earned):
    path = url("credentials_award_revoke", earned.pk)
    assert "This field is required" in client.post(path, {"reason": ""}).text
    assert not Award.objects.filter(revoked_at__isnull=False).exists()

    client.post(path, {"reason": "The identity was false."})

    assert Award.objects.filter(revoked_at__isnull=False).count() == 2
    credential, above = (
        Credential.objects.get(award__version__name=name) for name in ("Part", "Whole")
    )
    assert credential.revocation_reason == "The identity was false."
    assert above.revocation_reason.endswith("which was revoked: The identity was false.")
    messages = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert sum("The identity was false." in message for message in messages) == 2


def test_what_is_revoked_cannot_be_revoked_again(client, earned):
    path = url("credentials_award_revoke", earned.pk)
    client.post(path, {"reason": "The identity was false."})

    answer = client.post(path, {"reason": "Again."}, follow=True)

    assert "is revoked already" in answer.text
    earned.refresh_from_db()
    assert earned.revocation_reason == "The identity was false."


def test_what_does_not_stand_is_neither_suspended_nor_reinstated(client, earned):
    for name in ("reinstate", "suspend", "suspend"):
        answer = client.post(
            url(f"credentials_award_{name}", earned.pk), {"reason": "Looked into."}, follow=True
        )

    assert "has no credential to suspend" in answer.text
    assert Credential.objects.get(award=earned).suspension_reason == "Looked into."


def test_an_address_that_is_no_number_leads_back(client, earned):
    assert client.get(url("credentials_award_change", "abc")).status_code == 302


def test_another_organizations_award_does_not_exist(earned, client):
    stranger = UserFactory(is_staff=True)
    MembershipFactory(user=stranger, role=Membership.Role.CURATOR)
    client.force_login(stranger)

    answer = client.post(url("credentials_award_revoke", earned.pk), {"reason": "Not mine."})

    assert answer.status_code == 404
    assert "Part" not in client.get(url("credentials_award_changelist")).text
    assert not Award.objects.filter(revoked_at__isnull=False).exists()


def test_failed_awards_are_tried_again_at_once_and_others_left_alone(client, earned):
    later = TUESDAY.replace(year=2036)
    award = Award.objects.get(version__name="Whole")
    Award.objects.filter(pk=award.pk).update(failures=3, issued_at=None, due_at=later)

    client.post(
        url("credentials_award_changelist"),
        {"action": "retry", "_selected_action": [award.pk, earned.pk]},
    )

    award.refresh_from_db()
    assert award.due_at < later
    assert LogEntry.objects.get().object_id == str(award.pk)


def test_the_first_page_counts_what_waits(client, earned):
    Award.objects.filter(pk=earned.pk).update(failures=1, issued_at=None)

    page = client.get(url("index")).text

    assert "1 award failed" in page


def test_credentials_are_to_be_read_only(client, earned):
    credential = Credential.objects.get(award=earned)

    page = client.get(url("credentials_credential_change", credential.pk))

    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    answer = client.post(
        url("credentials_credential_change", credential.pk), {"recipient_name": "X"}
    )
    assert answer.status_code == 403
