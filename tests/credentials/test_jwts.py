"""The signed JWT of a credential: asked for on its page, made by a worker, kept."""

from __future__ import annotations

import datetime
import json

import jwt as pyjwt
import pytest
from django.db import IntegrityError

from credentials import actions, keys, tasks, verifying
from credentials.models import Credential, CredentialJwt
from credentials.vc.data_integrity import timestamp
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


def address(credential) -> str:
    return f"{credential.get_absolute_url()}/jwt"


def test_asking_for_it_is_a_row(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)

    asked = actions.request_jwt(credential=credential, at=TUESDAY)

    assert CredentialJwt.objects.get() == asked
    assert asked.signed_at is None


def test_a_worker_finds_it_and_it_verifies(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)

    tasks.sweep()

    token = bytes(CredentialJwt.objects.get().token)
    assert verifying.verify_document(token).verdict == Verdict.VALID


def test_it_is_signed_once(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)
    actions.sign_due_jwts(at=TUESDAY)
    first = bytes(CredentialJwt.objects.get().token)
    keys.rotate(organization=credential.key.organization, at=TUESDAY)

    assert actions.sign_due_jwts(at=TUESDAY) == 0
    assert bytes(CredentialJwt.objects.get().token) == first
    assert verifying.verify_document(first).verdict == Verdict.VALID


def test_a_revoked_credential_is_revoked_as_a_jwt_too(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)
    tasks.sweep()
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=TUESDAY)

    report = verifying.verify_document(bytes(CredentialJwt.objects.get().token))

    assert report.verdict == Verdict.REVOKED


def test_the_page_offers_it_then_gives_it(client, credential):
    assert "Get it as a JWT" in client.get(credential.get_absolute_url()).text
    client.post(address(credential))
    tasks.sweep()
    assert "Download as JWT" in client.get(credential.get_absolute_url()).text

    response = client.get(address(credential))

    assert response["Content-Type"] == "application/vc+jwt"
    assert ".jwt" in response["Content-Disposition"]
    assert verifying.verify_document(response.content).verdict == Verdict.VALID


def test_until_it_is_signed_the_page_says_so(client, credential):
    response = client.post(address(credential), follow=True)

    assert "is being made" in response.text


def test_nobody_gets_what_was_never_asked_for(client, credential):
    assert client.get(address(credential)).status_code == 404


def test_a_credential_kept_to_oneself_gives_others_no_jwt(client, credential):
    Credential.objects.update(visibility=Credential.Visibility.OFF)

    assert client.post(address(credential)).status_code == 404
    assert not CredentialJwt.objects.exists()


def test_a_signed_jwt_never_changes(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)
    tasks.sweep()

    with pytest.raises(IntegrityError):
        CredentialJwt.objects.update(token=b"another")


def test_half_a_jwt_is_refused(credential):
    actions.request_jwt(credential=credential, at=TUESDAY)

    with pytest.raises(IntegrityError):
        CredentialJwt.objects.update(token=b"a.b.c")


def test_what_expires_says_so_in_both_forms():
    ends = TUESDAY + datetime.timedelta(days=9_000)
    credential = issued(expires_at=ends)[0]
    actions.request_jwt(credential=credential, at=TUESDAY)
    tasks.sweep()

    token = bytes(CredentialJwt.objects.get().token)

    assert json.loads(bytes(credential.document))["validUntil"] == timestamp(ends)
    assert verifying.verify_document(token).verdict == Verdict.VALID
    assert pyjwt.decode(token, options={"verify_signature": False})["exp"] == ends.timestamp()
