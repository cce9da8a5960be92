"""Yesterday's backup, restored, does not make valid again what was revoked since."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from credentials import actions, journal, keys, tasks, verifying, verifying_own
from credentials.models import (
    Award,
    Credential,
    Endorsement,
    JournalPosition,
    LostPlace,
    StatusList,
)
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.credentials.endorsed import drafted, endorsed
from tests.credentials.test_suspending import set_places
from tests.factories import TUESDAY, OrganizationFactory, UserFactory

LATER = TUESDAY + datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def revoke(credential: Credential) -> None:
    actions.revoke(award=credential.award, by=UserFactory(), reason="A false identity", at=LATER)


def and_then_restore_the_backup_from_before(*credentials: Credential) -> None:
    with transaction.atomic():
        for credential in credentials:
            revoke(credential)
        tasks.sweep()
        transaction.set_rollback(True)


def verdict(credential: Credential) -> Verdict:
    return verifying_own.verify_id(credential.public_id).verdict


def test_the_drill():
    """Revoke, restore the backup from before, and start: revoked it is, everywhere."""
    first, second, other = issued(3)
    and_then_restore_the_backup_from_before(first, second)
    assert verdict(first) == Verdict.VALID

    call_command("replay_revocations", verbosity=0)
    tasks.sweep()

    assert [verdict(item) for item in (first, second, other)] == ["revoked", "revoked", "valid"]
    assert set_places(StatusList.objects.get().document) == sorted(
        [first.status_index, second.status_index]
    )
    award = Award.objects.get(pk=first.award_id)
    assert (award.revoked_at, award.revocation_reason) == (LATER, "A false identity")


def test_a_worker_finds_it_by_itself():
    (credential,) = issued()
    and_then_restore_the_backup_from_before(credential)

    tasks.sweep()

    assert verdict(credential) == Verdict.REVOKED


def test_a_journal_that_did_not_grow_costs_one_query(django_assert_num_queries):
    revoke(issued()[0])
    actions.replay_revocations()

    with django_assert_num_queries(1):
        assert actions.replay_revocations() == 0


def test_replaying_what_is_known_changes_nothing():
    revoke(issued()[0])

    assert actions.replay_revocations() == 0


def test_a_credential_that_the_backup_lacks_keeps_its_bit():
    (credential,) = issued()
    place = journal.Place(
        credential=uuid.uuid4(),
        status_list=credential.status_list.public_id,
        index=(credential.status_index + 1) % 1000,
    )
    journal.append(journal.Entry(at=LATER, reason="A false identity", places=[place]))

    tasks.sweep()

    assert LostPlace.objects.get().credential_public_id == place.credential
    assert set_places(StatusList.objects.get().document) == [place.index]


def take_back(item: Endorsement) -> None:
    actions.revoke_endorsement(endorsement=item, by=UserFactory(), reason="No more.", at=LATER)


@pytest.fixture
def endorsement(credential) -> Endorsement:
    return endorsed(OrganizationFactory(), endorser=credential.award.achievement.awarding_body)


@pytest.fixture
def credential() -> Credential:
    return issued()[0]


def test_an_endorsement_that_was_taken_back_stays_so(endorsement):
    with transaction.atomic():
        take_back(endorsement)
        transaction.set_rollback(True)

    tasks.sweep()

    endorsement.refresh_from_db()
    assert (endorsement.revoked_at, endorsement.revocation_reason) == (LATER, "No more.")
    assert verifying.verify_document(bytes(endorsement.document)).verdict == Verdict.REVOKED
    assert not LostPlace.objects.exists()


@pytest.mark.parametrize("is_published", [True, False], ids=["published", "a draft"])
def test_an_endorsement_that_the_backup_has_without_its_signature_keeps_its_bit(
    is_published, credential
):
    item = drafted(OrganizationFactory(), endorser=credential.award.achievement.awarding_body)
    with transaction.atomic():
        signed = publish(item)
        take_back(signed)
        transaction.set_rollback(True)
    if is_published:
        actions.publish_endorsement(endorsement=item, by=UserFactory(), at=TUESDAY)

    tasks.sweep()

    assert verifying.verify_document(bytes(signed.document)).verdict == Verdict.REVOKED
    item.refresh_from_db()
    assert (item.revoked_at is not None, item.signed_at) == (is_published, None)


def publish(item: Endorsement) -> Endorsement:
    actions.publish_endorsement(endorsement=item, by=UserFactory(), at=TUESDAY)
    actions.sign_due_endorsements(at=TUESDAY)
    return Endorsement.objects.get(pk=item.pk)


@pytest.mark.parametrize("whose", ["credential", "endorsement"])
def test_a_place_that_somebody_else_has_by_now_is_theirs(whose, request, credential, caplog):
    item = request.getfixturevalue(whose)
    place = journal.Place(
        credential=uuid.uuid4(), status_list=item.status_list.public_id, index=item.status_index
    )
    journal.append(journal.Entry(at=LATER, reason="A false identity", places=[place]))

    tasks.sweep()

    assert verifying.verify_document(bytes(item.document)).verdict == Verdict.VALID
    assert "is not in this database" in caplog.text


def test_two_that_had_one_place_after_another_keep_its_bit(credential):
    index = (credential.status_index + 1) % 1000
    for _ in range(2):
        place = journal.Place(
            credential=uuid.uuid4(), status_list=credential.status_list.public_id, index=index
        )
        journal.append(journal.Entry(at=LATER, reason="A false identity", places=[place]))

    tasks.sweep()

    assert set_places(StatusList.objects.get().document) == [index]


def test_a_list_that_the_backup_lacks_is_passed_over(caplog):
    place = journal.Place(credential=uuid.uuid4(), status_list=uuid.uuid4(), index=1)
    journal.append(journal.Entry(at=LATER, reason="A false identity", places=[place]))

    assert actions.replay_revocations() == 0
    assert "is not in this database" in caplog.text


def test_a_lost_place_is_kept_once():
    (credential,) = issued()
    values = {
        "status_list": credential.status_list,
        "status_index": 7,
        "revoked_at": LATER,
        "revocation_reason": "x",
    }
    LostPlace.objects.create(credential_public_id=uuid.uuid4(), **values)

    with pytest.raises(IntegrityError):
        LostPlace.objects.create(credential_public_id=uuid.uuid4(), **values)


def test_a_lost_place_lies_in_its_list():
    (credential,) = issued()

    with pytest.raises(IntegrityError):
        LostPlace.objects.create(
            credential_public_id=uuid.uuid4(),
            status_list=credential.status_list,
            status_index=131_072,
            revoked_at=LATER,
            revocation_reason="x",
        )


def test_the_line_is_written_before_the_commit():
    (credential,) = issued()

    with transaction.atomic():
        revoke(credential)
        written = [entry.places[0].credential for entry, _ in journal.read(start=0)]
        transaction.set_rollback(True)

    assert written == [credential.public_id]


def test_the_line_is_on_the_disk_when_revoking_returns(monkeypatch):
    synced = []
    monkeypatch.setattr(journal.os, "fsync", lambda handle: synced.append(handle))

    revoke(issued()[0])

    # The line, and the new file's name in its folder.
    assert len(synced) == 2


def test_a_disk_that_fails_revokes_nothing(monkeypatch):
    (credential,) = issued()

    def fail(handle):
        raise OSError("no space left")

    monkeypatch.setattr(journal.os, "fsync", fail)

    with pytest.raises(OSError, match="no space"), transaction.atomic():
        revoke(credential)

    assert verdict(credential) == Verdict.VALID


def test_a_line_that_was_cut_off_does_not_swallow_the_next():
    first, second = issued(2)
    revoke(first)
    with journal.path().open("ab") as file:
        file.write(b'{"at": "2026-')
    revoke(second)

    read = [entry.places[0].credential for entry, _ in journal.read(start=0)]

    assert read == [first.public_id, second.public_id]


def test_a_line_that_is_being_written_waits():
    revoke(issued()[0])
    actions.replay_revocations()
    known = JournalPosition.objects.get().bytes
    with journal.path().open("ab") as file:
        file.write(b'{"at": "2026-')

    actions.replay_revocations()

    assert JournalPosition.objects.get().bytes == known


def test_a_journal_that_is_gone_is_reported(caplog):
    revoke(issued()[0])
    actions.replay_revocations()
    journal.path().unlink()

    actions.replay_revocations()

    assert "restore it from its own backup" in caplog.text


def test_what_falls_with_it_has_a_line_of_its_own():
    (credential,) = issued()
    revoke(credential)

    lines = [json.loads(line) for line in journal.path().read_text().splitlines()]

    assert [line["award"] for line in lines] == [str(credential.award.public_id)]
    assert lines[0]["reason"] == "A false identity"


def test_the_key_of_the_day_signs_the_list_after_a_restore():
    (credential,) = issued()
    and_then_restore_the_backup_from_before(credential)
    keys.rotate(organization=credential.key.organization, at=LATER)

    tasks.sweep()

    assert verifying.verify_stored(credential).verdict == Verdict.REVOKED
