from __future__ import annotations

import datetime
import json

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from credentials import actions, known, tasks, verifying, verifying_own
from credentials.models import Credential, StatusList
from credentials.vc import status_list
from credentials.vc.verify import Verdict, verify
from tests.admin_pages import url
from tests.credentials.awards import issued
from tests.factories import TUESDAY, UserFactory

LATER = TUESDAY + datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


def suspend(credential, *, reason="Under review") -> int:
    return actions.suspend(award=credential.award, by=UserFactory(), reason=reason, at=LATER)


def set_places(content) -> list[int]:
    listed = json.loads(bytes(content))
    bits = status_list.decode(listed["credentialSubject"]["encodedList"])
    return [n for n in range(status_list.LENGTH) if bits[n // 8] and status_list.is_set(bits, n)]


def verdicts(credential):
    return {
        verifying.verify_stored(credential).verdict,
        verifying_own.verify_id(credential.public_id).verdict,
    }


def test_suspending_needs_a_reason(credential):
    with pytest.raises(actions.ReasonMissing):
        suspend(credential, reason=" ")


def test_a_suspended_credential_is_known_as_suspended_at_once(credential):
    suspend(credential)

    assert verdicts(credential) == {Verdict.SUSPENDED}


def test_the_reason_is_told_to_whoever_verifies(credential):
    suspend(credential, reason="Under review")

    words = [check.words for check in verifying_own.verify_id(credential.public_id).checks]

    assert "The issuer has suspended it for now: Under review" in words


def test_the_signed_lists_say_suspended_after_the_worker_ran(credential):
    suspend(credential)

    tasks.sweep()

    listed = StatusList.objects.get()
    assert set_places(listed.suspension_document) == [credential.status_index]
    # Its one entry is in this list: others must not take it for valid.
    assert set_places(listed.document) == [credential.status_index]
    assert verdicts(credential) == {Verdict.SUSPENDED}


def test_a_reinstated_credential_is_valid_again(credential):
    suspend(credential)
    tasks.sweep()

    actions.reinstate(award=credential.award)
    tasks.sweep()

    listed = StatusList.objects.get()
    assert set_places(listed.suspension_document) == set_places(listed.document) == []
    assert verdicts(credential) == {Verdict.VALID}


def test_a_reinstated_credential_is_known_as_such_before_its_list_is_signed(credential):
    suspend(credential)
    tasks.sweep()

    actions.reinstate(award=credential.award)

    reports = [
        verifying.verify_stored(credential),
        verifying_own.verify_id(credential.public_id),
    ]
    assert [report.verdict for report in reports] == [Verdict.VALID] * 2
    for report in reports:
        assert [(check.name, check.outcome) for check in report.in_full()] == [
            (name, "passed") for name in ("form", "issuer", "proof", "status", "dates")
        ]


def test_one_that_expired_while_suspended_is_not_valid_again():
    (credential,) = issued(expires_at=TUESDAY + datetime.timedelta(days=30))
    suspend(credential)
    tasks.sweep()

    actions.reinstate(award=credential.award)

    assert verdicts(credential) == {Verdict.EXPIRED}


def test_a_list_that_is_as_the_rows_say_is_believed(credential):
    suspend(credential)
    tasks.sweep()
    Credential.objects.update(suspended_at=None, suspended_by=None, suspension_reason="")

    assert verdicts(credential) == {Verdict.REVOKED}


def test_its_jwt_is_suspended_and_reinstated_with_it(credential):
    asked = actions.request_jwt(credential=credential, at=TUESDAY)
    actions.sign_due_jwts(at=TUESDAY)
    asked.refresh_from_db()
    suspend(credential)
    tasks.sweep()
    meanwhile = verifying.verify_document(bytes(asked.token)).verdict

    actions.reinstate(award=credential.award)
    tasks.sweep()

    assert meanwhile == Verdict.SUSPENDED
    assert verifying.verify_document(bytes(asked.token)).verdict == Verdict.VALID


def test_only_the_list_that_changed_is_signed_again(credential):
    before = StatusList.objects.get()
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    tasks.sweep()

    after = StatusList.objects.get()
    assert after.signed_at > before.signed_at
    assert after.suspensions_signed_at == before.suspensions_signed_at


def test_whoever_knows_only_the_signed_list_does_not_take_it_for_valid(credential):
    suspend(credential)
    tasks.sweep()

    report = verify(bytes(credential.document), resolver=known.LocalResolver(), at=timezone.now())

    assert report.verdict == Verdict.REVOKED


def test_nothing_is_read_for_lists_that_did_not_change(credential, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.sign_due_status_lists(at=LATER) == 0


def test_suspending_again_changes_nothing(credential):
    assert (suspend(credential), suspend(credential)) == (1, 0)


def test_a_revoked_credential_is_not_suspended(credential):
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    assert suspend(credential) == 0


def test_revoked_outweighs_suspended(credential):
    suspend(credential)
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)
    tasks.sweep()

    assert verdicts(credential) == {Verdict.REVOKED}


@pytest.mark.parametrize(
    "values", [{"suspended_at": TUESDAY}, {"suspension_reason": "Said by nobody"}]
)
def test_half_a_suspension_is_refused(credential, values):
    with pytest.raises(IntegrityError):
        Credential.objects.filter(pk=credential.pk).update(**values)


def test_a_curator_suspends_and_reinstates(client, credential):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    award = credential.award

    client.post(url("credentials_award_suspend", award.pk), {"reason": "Under review"})
    credential.refresh_from_db()
    assert credential.suspension_reason == "Under review"
    assert "Reinstate…" in client.get(url("credentials_award_change", award.pk)).text

    client.post(url("credentials_award_reinstate", award.pk), {"reason": "Cleared"})
    credential.refresh_from_db()
    assert credential.suspended_at is None
    assert "Suspend…" in client.get(url("credentials_award_change", award.pk)).text


def test_what_is_not_suspended_cannot_be_reinstated(client, credential):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    response = client.post(
        url("credentials_award_reinstate", credential.award.pk), {"reason": "Settled"}, follow=True
    )

    assert response.redirect_chain == [(url("credentials_award_change", credential.award.pk), 302)]
    assert "suspended" in response.text
    credential.refresh_from_db()
    assert credential.suspended_at is None


def test_the_page_says_that_it_is_suspended(client, credential):
    suspend(credential)

    page = client.get(credential.get_absolute_url()).text

    assert "Suspended since" in page
    assert "Under review" in page


@pytest.mark.parametrize("name", ["status_list", "suspension_list"])
def test_who_has_the_list_is_not_sent_it_again(client, credential, name):
    address = reverse(f"credentials:{name}", args=[credential.status_list.public_id])
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert "max-age=60" in again["Cache-Control"]


def test_a_changed_list_has_another_tag(client, credential):
    address = reverse("credentials:suspension_list", args=[credential.status_list.public_id])
    first = client.get(address)
    suspend(credential)
    tasks.sweep()

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert again.status_code == 200
