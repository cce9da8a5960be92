from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.utils import timezone

from credentials import actions
from credentials.models import Credential
from tests.api.conftest import Caller, assert_problem
from tests.factories import EnrollmentFactory, UserFactory, complete

VERIFY = "/api/v1/verify"


@pytest.fixture
def credential(db: None) -> Credential:
    now = timezone.now()
    learner = UserFactory(credential_name="Ada Eriksson")
    complete(enrollment=EnrollmentFactory(learner=learner), at=now)
    actions.judge_due(at=now)
    actions.issue_due(at=now)
    actions.sign_due_status_lists(at=now)
    return Credential.objects.get()


def verified(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/vc",
        "application/vc+ld+json",
        "application/ld+json; charset=utf-8",
    ],
)
def test_a_genuine_credential_is_valid(api: Caller, credential: Credential, content_type: str):
    answer = verified(api.post(VERIFY, bytes(credential.document), content_type))

    assert answer["verdict"] == "valid"
    assert {check["outcome"] for check in answer["checks"]} == {"passed"}
    assert answer["credential"] == {
        "id": f"{settings.BASE_URL}/credentials/{credential.public_id}",
        "name": credential.award.version.name,
        "recipient_name": "Ada Eriksson",
        "issuer": {
            "id": json.loads(bytes(credential.document))["issuer"]["id"],
            "name": credential.award.achievement.awarding_body.name,
        },
        "valid_from": answer["credential"]["valid_from"],
        "status": "active",
    }


def test_one_letter_changed_is_invalid_and_nothing_is_told(api: Caller, credential: Credential):
    forged = bytes(credential.document).replace(b"Ada Eriksson", b"Ida Eriksson")

    answer = verified(api.post(VERIFY, forged))

    assert answer["verdict"] == "invalid"
    assert answer["credential"] is None


def test_a_stored_credential_is_named_by_its_id_or_address(api: Caller, credential: Credential):
    address = f"{settings.BASE_URL}/credentials/{credential.public_id}"

    for reference in (str(credential.public_id), address):
        assert verified(api.post(VERIFY, {"id": reference}))["verdict"] == "valid"


def test_a_revoked_credential_is_revoked(api: Caller, credential: Credential):
    now = timezone.now()
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake.", at=now)
    actions.sign_due_status_lists(at=now)

    answer = verified(api.post(VERIFY, {"id": str(credential.public_id)}))

    assert (answer["verdict"], answer["credential"]["status"]) == ("revoked", "revoked")


def test_a_credential_that_the_learner_hides_is_not_found(api: Caller, credential: Credential):
    Credential.objects.update(visibility=Credential.Visibility.OFF)

    assert_problem(api.post(VERIFY, {"id": str(credential.public_id)}), 404)


@pytest.mark.parametrize(
    "reference",
    [
        "00000000-0000-4000-8000-000000000000",
        "x",
        "https://else.example.org/credentials/1",
        "//[",
        "\u0000",
    ],
)
def test_an_unknown_reference_is_a_problem(api: Caller, reference: str):
    response = api.post(VERIFY, {"id": reference})

    assert response.status_code in {400, 404}
    assert_problem(response, response.status_code)


@pytest.mark.parametrize("reference", [None, [], {}, "", "x" * 501])
def test_a_reference_of_the_wrong_form_is_pointed_at(api: Caller, reference: object):
    problem = assert_problem(api.post(VERIFY, {"id": reference}), 400, "invalid-request")

    assert problem["errors"][0]["pointer"] == "#/id"


@pytest.mark.parametrize(
    "body",
    ["{", "", "null", "[]", "3", '"x"', "[" * 100_000, b"\xff\xfe", b"\x00", '{"a":1', "NaN"],
)
def test_a_body_that_is_no_json_object_is_a_problem(api: Caller, body):
    assert_problem(api.post(VERIFY, body), 400)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"id": 1, "type": 2}',
        '{"@context": ["https://www.w3.org/ns/credentials/v2"]}',
        '{"a": ' + "[" * 500 + "]" * 500 + "}",
        '{"\\ud800": "\\udfff"}',
        '{"a": 1, "a": 2}',
        '{"a": 1e999}',
    ],
)
def test_json_that_is_no_credential_is_invalid(api: Caller, body: str):
    assert verified(api.post(VERIFY, body))["verdict"] == "invalid"


def test_a_body_over_the_limit_is_too_large(api: Caller):
    body = json.dumps({"x": "y" * 262_144})

    assert "256 KiB" in assert_problem(api.post(VERIFY, body), 413, "too-large")["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_another_content_type_is_refused(api: Caller, content_type: str):
    assert_problem(api.post(VERIFY, b"{}", content_type), 415)


def test_a_client_that_asks_too_often_is_told_when_to_come_back(api: Caller):
    for _ in range(60):
        api.post(VERIFY, "{}")

    response = api.post(VERIFY, "{}")

    assert_problem(response, 429, "too-many-requests")
    assert 1 <= int(response["Retry-After"]) <= 60
