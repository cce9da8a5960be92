"""What issuing in batches must keep."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from django.db import IntegrityError

from credentials import actions, verifying
from credentials.actions import status_lists
from credentials.models import Award, Credential, StatusList
from credentials.vc.verify import Verdict
from notifications.models import Message
from tests.credentials.awards import due_awards, issue_all, issued
from tests.factories import TUESDAY, UserFactory

SCHEMA = json.loads(
    (Path(__file__).parent / "vc/schemas/ob_v3p0_achievementcredential_schema.json").read_text()
)
LATER = TUESDAY + datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_a_batch_costs_the_same_queries_whatever_its_size(django_assert_max_num_queries):
    issued()
    due_awards(50, achievement=Award.objects.get().achievement)

    with django_assert_max_num_queries(30):
        actions.issue_due(at=TUESDAY)

    assert Credential.objects.count() == 51


def test_the_parts_of_a_batch_verify():
    credentials = issued(3)

    verdicts = [verifying.verify_stored(credential).verdict for credential in credentials]

    assert verdicts == [Verdict.VALID] * 3


def test_every_learner_of_a_batch_is_told_once():
    awards = due_awards(3)
    issue_all()

    assert sorted(Message.objects.values_list("recipient", flat=True)) == [
        award.learner_id for award in awards
    ]


def test_a_credential_names_its_place_in_one_list():
    (credential,) = issued()

    entry = json.loads(bytes(credential.document))["credentialStatus"]

    assert entry["statusPurpose"] == "revocation"
    assert entry["statusListIndex"] == str(credential.status_index)


def test_what_is_issued_meets_the_published_schema():
    validator = jsonschema.Draft201909Validator(
        SCHEMA, format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )
    credentials = [*issued(), *issued(grade=Decimal("92.5"), expires_at=LATER)]

    errors = [
        error.message
        for credential in credentials
        for error in validator.iter_errors(json.loads(bytes(credential.document)))
    ]

    assert errors == []


def test_its_evidence_is_the_place_on_its_page_that_lists_what_it_rests_on(client):
    (credential,) = issued()

    (evidence,) = json.loads(bytes(credential.document))["evidence"]

    page, _, anchor = evidence["id"].partition("#")
    assert page == json.loads(bytes(credential.document))["id"]
    assert f'id="{anchor}"' in client.get(credential.get_absolute_url()).content.decode()


def test_a_full_list_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(status_lists, "FULL_AT", 4)

    issued(10)

    taken = StatusList.objects.order_by("number").values_list("number", "places_taken")
    assert list(taken) == [(1, 4), (2, 4), (3, 2)]


def test_places_are_not_given_in_order():
    """Order would tell who was issued when (Bitstring Status List §6.1)."""
    places = [credential.status_index for credential in issued(20)]

    assert places != sorted(places)


def test_a_place_is_given_once():
    first, second = issued(2)

    with pytest.raises(IntegrityError):
        Credential.objects.create(
            award=second.award,
            revoked_at=LATER,
            revocation_reason="x",
            key=first.key,
            document=b"{}",
            status_list=first.status_list,
            status_index=first.status_index,
            issued_at=LATER,
        )


def test_a_credential_has_one_successor():
    first, second, third = issued(3)
    Credential.objects.filter(pk=second.pk).update(supersedes=first)

    with pytest.raises(IntegrityError):
        Credential.objects.filter(pk=third.pk).update(supersedes=first)


def test_one_that_cannot_be_signed_leaves_its_batch_alone():
    awards = due_awards(3)
    learner = awards[1].learner
    learner.credential_name = "Bad\x07"
    learner.save(update_fields=["credential_name"])

    issue_all()

    assert list(Award.objects.filter(issued_at=None)) == [awards[1]]


def test_an_award_whose_learner_is_gone_is_issued_without_a_message():
    (award,) = due_awards(1)
    UserFactory._meta.model.objects.filter(pk=award.learner_id).update(is_active=False)

    issue_all()

    assert (Credential.objects.count(), Message.objects.count()) == (1, 0)
