"""A place of a status list is one document's, whichever table it is in."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from credentials import actions
from credentials.actions import endorse, issue, status_lists
from credentials.models import Credential, Endorsement, LostPlace, StatusList
from tests.credentials.awards import due_awards, issue_all, issued
from tests.credentials.endorsed import endorsed
from tests.factories import TUESDAY, OrganizationFactory

pytestmark = pytest.mark.django_db


def lose(listed: StatusList, index: int) -> LostPlace:
    return LostPlace.objects.create(
        status_list=listed,
        status_index=index,
        credential_public_id=uuid.uuid4(),
        revoked_at=TUESDAY,
        revocation_reason="A false identity",
    )


@pytest.fixture
def credential() -> Credential:
    return issued()[0]


@pytest.fixture
def endorsement(credential) -> Endorsement:
    """In the same list."""
    return endorsed(OrganizationFactory(), endorser=credential.award.achievement.awarding_body)


@pytest.fixture
def give(monkeypatch):
    """Make everybody who asks for a place get this one."""

    def given(listed: StatusList, index: int) -> None:
        monkeypatch.setattr(status_lists, "take_places", lambda **asked: [(listed, index)])
        monkeypatch.setattr(endorse, "take_places", lambda **asked: [(listed, index)])

    return given


def test_a_credential_gets_no_place_of_an_endorsement(credential, endorsement, give):
    give(endorsement.status_list, endorsement.status_index)
    due_awards(1, achievement=credential.award.achievement)

    with pytest.raises(IntegrityError, match="credential_place_of_nobody_else"):
        issue.issue_due(at=TUESDAY)


def test_a_credential_gets_no_place_that_was_lost(credential, give):
    lost = lose(credential.status_list, (credential.status_index + 1) % 1000)
    give(lost.status_list, lost.status_index)
    due_awards(1, achievement=credential.award.achievement)

    with pytest.raises(IntegrityError, match="credential_place_of_nobody_else"):
        issue.issue_due(at=TUESDAY)


def test_an_endorsement_gets_no_place_of_a_credential(credential, endorsement, give):
    give(credential.status_list, credential.status_index)

    with pytest.raises(IntegrityError, match="endorsement_place_stays_of_nobody_else"):
        endorsed(OrganizationFactory(), endorser=endorsement.endorser)


def test_an_endorsement_is_not_stored_at_the_place_of_a_credential(credential, endorsement):
    endorsement.pk, endorsement.public_id = None, uuid.uuid4()
    endorsement.status_index = credential.status_index

    with pytest.raises(IntegrityError, match="endorsement_place_of_nobody_else"):
        endorsement.save(force_insert=True)


@pytest.mark.parametrize("whose", ["credential", "endorsement"])
def test_what_somebody_has_is_not_lost(whose, request, credential, endorsement):
    item = request.getfixturevalue(whose)

    with pytest.raises(IntegrityError, match="lost_place_of_nobody_else"):
        lose(item.status_list, item.status_index)


def test_a_lost_place_does_not_become_somebody_s(credential):
    lost = lose(credential.status_list, (credential.status_index + 1) % 1000)

    with pytest.raises(IntegrityError, match="lost_place_stays_of_nobody_else"):
        LostPlace.objects.filter(pk=lost.pk).update(status_index=credential.status_index)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time.")
@pytest.mark.django_db(transaction=True)
def test_who_comes_second_sees_what_the_first_has_not_committed_yet():
    (credential,) = issued()
    listed, index = credential.status_list, (credential.status_index + 1) % 1000
    due_awards(1, achievement=credential.award.achievement)
    is_lost, refused = threading.Event(), []

    def issue_there() -> None:
        is_lost.wait(10)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(status_lists, "take_places", lambda **asked: [(listed, index)])
                actions.issue_due(at=TUESDAY)
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=issue_there)
    other.start()
    with transaction.atomic():
        lose(listed, index)
        is_lost.set()
        other.join(0.5)
        is_waiting = other.is_alive()
    other.join(10)

    assert is_waiting
    assert [name for name in refused if "credential_place_of_nobody_else" in name]


def test_what_is_free_is_given(credential, endorsement):
    due_awards(20, achievement=credential.award.achievement)

    issue_all()

    taken = [
        *Credential.objects.values_list("status_list", "status_index"),
        *Endorsement.objects.values_list("status_list", "status_index"),
    ]
    assert len(set(taken)) == len(taken) == 22
