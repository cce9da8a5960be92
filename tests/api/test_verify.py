from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credentials import actions
from credentials.models import Credential, CredentialJwt
from tests.api.conftest import Caller, assert_problem
from tests.factories import EnrollmentFactory, UserFactory, complete

VERIFY = "/api/v1/verify"


@pytest.fixture
def credential(db: None) -> Credential:
    now = timezone.now()
    learner = UserFactory(credential_name="Ada Eriksson", email="ada@mail.example")
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
    ["text/plain", "application/x-www-form-urlencoded", "x"],
)
def test_another_content_type_is_refused(api: Caller, content_type: str):
    assert_problem(api.post(VERIFY, b"{}", content_type), 415)


@pytest.mark.parametrize("content_type", ["image/png", "image/svg+xml", "application/pdf"])
def test_a_file_that_carries_none_is_invalid(api: Caller, content_type: str):
    assert verified(api.post(VERIFY, b"x", content_type))["verdict"] == "invalid"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("badge.png", "image/png"),
        ("badge.svg", "image/svg+xml"),
        ("certificate.pdf", "application/pdf"),
    ],
)
def test_what_carries_a_credential_is_read(
    client, api: Caller, credential: Credential, path: str, content_type: str
):
    content = client.get(f"{credential.get_absolute_url()}/{path}").content

    assert verified(api.post(VERIFY, content, content_type))["verdict"] == "valid"


@pytest.fixture
def token(credential: Credential) -> str:
    actions.request_jwt(credential=credential, at=timezone.now())
    actions.sign_due_jwts(at=timezone.now())
    return bytes(CredentialJwt.objects.get().token).decode()


@pytest.mark.parametrize("content_type", ["application/vc+jwt", "application/jwt"])
def test_a_jwt_is_read(api: Caller, token: str, content_type: str):
    assert verified(api.post(VERIFY, token, content_type))["verdict"] == "valid"


def test_a_jwt_in_an_object_is_read(api: Caller, token: str):
    assert verified(api.post(VERIFY, {"credential": token}))["verdict"] == "valid"


def outcomes(answer: dict) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in answer["checks"]}


@pytest.mark.parametrize(
    ("recipient", "verdict", "outcome"),
    [("ada@mail.example", "valid", "passed"), ("eve@mail.example", "other_recipient", "failed")],
)
def test_whose_it_is_is_compared(
    api: Caller, credential: Credential, recipient: str, verdict: str, outcome: str
):
    document = json.loads(bytes(credential.document))

    answer = verified(api.post(VERIFY, {"credential": document, "recipient": recipient}))

    assert (answer["verdict"], outcomes(answer)["recipient"]) == (verdict, outcome)


def test_a_form_with_a_file_is_read(api: Caller, credential: Credential):
    file = SimpleUploadedFile("x.json", bytes(credential.document))

    response = api.client.post(VERIFY, {"file": file, "recipient": "ada@mail.example"})

    assert verified(response)["verdict"] == "valid"


def test_an_address_of_this_site_is_not_fetched(api: Caller, credential: Credential):
    address = f"{settings.BASE_URL}/credentials/{credential.public_id}/badge.png"

    assert verified(api.post(VERIFY, {"url": address}))["verdict"] == "valid"


def test_what_was_checked_is_said_in_english_whatever_the_caller_reads(api: Caller):
    answer = api.client.post(
        VERIFY,
        {"credential": "Hello"},
        content_type="application/json",
        headers={"accept-language": "de"},
    )

    assert verified(answer)["checks"][0]["words"].startswith("It is not ")


def test_checks_that_were_not_made_are_said_to_be_so(api: Caller):
    answer = verified(api.post(VERIFY, "{}"))

    assert outcomes(answer) == {
        "form": "failed",
        "issuer": "skipped",
        "proof": "skipped",
        "status": "skipped",
        "dates": "skipped",
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"recipient": "ada@mail.example"}, "#/"),
        ({"id": "x", "url": "https://x.example/"}, "#/"),
        ({"id": "x", "recipient": "Ada"}, "#/recipient"),
        ({"url": "x" * 2001}, "#/url"),
    ],
)
def test_a_request_of_the_wrong_form_is_pointed_at(api: Caller, body: dict, pointer: str):
    problem = assert_problem(api.post(VERIFY, body), 400, "invalid-request")

    assert problem["errors"][0]["pointer"].startswith(pointer.rstrip("/"))


@pytest.mark.parametrize("body", ['{"credential": {"a": 1, "a": 2}}', '{"id": "x", "id": "y"}'])
def test_a_name_that_stands_twice_is_a_problem(api: Caller, body: str):
    assert_problem(api.post(VERIFY, body), 400, "unreadable-body")


def test_a_broken_form_is_a_problem(api: Caller):
    assert_problem(api.post(VERIFY, b"{}", "multipart/form-data; boundary=x"), 400)


def test_a_client_that_asks_too_often_is_told_when_to_come_back(api: Caller):
    for _ in range(60):
        api.post(VERIFY, "{}")

    response = api.post(VERIFY, "{}")

    assert_problem(response, 429, "too-many-requests")
    assert 1 <= int(response["Retry-After"]) <= 60
