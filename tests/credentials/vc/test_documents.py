from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from credentials.vc import documents, status_list
from tests.credentials.vc import samples

SCHEMA = json.loads(
    (Path(__file__).parent / "schemas/ob_v3p0_achievementcredential_schema.json").read_text()
)


def full() -> dict:
    """Everything that a credential can say."""
    return documents.credential(
        id="https://learn.example/credentials/a1b2",
        issuer=samples.ISSUER,
        recipient=documents.Recipient(
            name="Mai", email="mai@mail.example", salt="x7Qe", id="did:web:mai.example"
        ),
        earned=samples.ACHIEVEMENT,
        valid_from=samples.TUESDAY,
        valid_until=samples.TUESDAY + datetime.timedelta(days=365),
        evidence=[documents.Evidence(url="https://mai.example/log", name="Passage log")],
        status=status_list.entry(samples.LIST_URL, 1),
        grade=Decimal("80.00"),
    )


@pytest.mark.parametrize("document", [samples.unsigned(), samples.unsigned(grade=None), full()])
def test_signed_it_meets_the_published_schema(document):
    validator = jsonschema.Draft201909Validator(
        SCHEMA, format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )

    assert [error.message for error in validator.iter_errors(samples.sign(document))] == []


def test_the_contexts_stand_in_the_order_that_is_asked_for():
    assert samples.unsigned()["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]


def test_the_address_is_only_there_as_a_salted_hash():
    email, _ = samples.unsigned()["credentialSubject"]["identifier"]

    digest = hashlib.sha256(b"mai@mail.examplex7Qe").hexdigest()
    assert (email["identityHash"], email["salt"]) == (f"sha256${digest}", "x7Qe")
    assert "mai@mail.example" not in json.dumps(samples.unsigned())


def test_the_printed_name_is_there_as_it_is():
    _, name = samples.unsigned()["credentialSubject"]["identifier"]

    assert (name["identityType"], name["identityHash"]) == ("name", "Đặng Thị Ünal")


@pytest.mark.parametrize(
    ("grade", "value"), [(Decimal("92.50"), "92.5"), (Decimal("100.00"), "100"), (Decimal(0), "0")]
)
def test_the_grade_is_written_as_plain_text(grade, value):
    _, result = samples.unsigned(grade=grade)["credentialSubject"]["result"]

    assert result["value"] == value


def test_each_result_names_its_description():
    subject = samples.unsigned()["credentialSubject"]
    described = {one["id"]: one for one in subject["achievement"]["resultDescription"]}

    kinds = [described[one["resultDescription"]]["resultType"] for one in subject["result"]]

    assert kinds == ["Status", "Percent"]


def test_without_a_grade_there_is_the_status_alone():
    subject = samples.unsigned(grade=None)["credentialSubject"]

    assert [one.get("status") for one in subject["result"]] == ["Completed"]
    assert len(subject["achievement"]["resultDescription"]) == 1


@pytest.mark.parametrize(
    ("credits", "written"), [("2.5", "2.5"), ("2.00", "2"), ("0.20", "0.2"), ("60", "60")]
)
def test_credits_are_written_without_a_point_that_they_do_not_need(credits, written):
    earned = dataclasses.replace(samples.ACHIEVEMENT, credits=Decimal(credits))

    document = documents.achievement(earned, with_grade=False)

    assert json.dumps(document["creditsAvailable"]) == written


@pytest.mark.parametrize("credits", ["0.56", "8.20"])
def test_credits_that_verifiers_write_differently_are_left_to_the_criteria(credits):
    earned = dataclasses.replace(samples.ACHIEVEMENT, credits=Decimal(credits))

    assert "creditsAvailable" not in documents.achievement(earned, with_grade=False)


def test_the_elements_that_open_badges_have_terms_for():
    achievement = samples.unsigned()["credentialSubject"]["achievement"]

    assert achievement["alignment"][0]["targetType"] == "ceasn:Competency"
    assert achievement["tag"] == ["navigation", "plan a passage"]
    assert achievement["fieldOfStudy"] == "Transport services"
    assert samples.unsigned()["issuer"]["address"]["addressCountryCode"] == "NL"


def test_the_learners_own_identifier_is_the_subject():
    assert full()["credentialSubject"]["id"] == "did:web:mai.example"
    assert "id" not in samples.unsigned()["credentialSubject"]


def test_the_document_is_signed_whole():
    assert samples.sign(full())["validUntil"] == "2026-03-04T09:30:00Z"
