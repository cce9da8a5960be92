"""Endorsements: written, published, signed, carried, verified, taken back."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from credentials import actions, addresses, endorsements, journal, keys, tasks, verifying
from credentials.actions import status_lists
from credentials.models import Credential, Endorsement, JournalPosition, StatusList
from credentials.vc import data_integrity, template
from credentials.vc.verify import Outcome, Verdict
from tests.admin_pages import errors, save, url
from tests.credentials.awards import issued
from tests.credentials.endorsed import drafted, endorsed
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db

SCHEMAS = Path(__file__).parent / "vc/schemas"
ENDORSEMENT, ACHIEVEMENT = (
    json.loads((SCHEMAS / f"ob_v3p0_{name}credential_schema.json").read_text())
    for name in ("endorsement", "achievement")
)


@pytest.fixture
def achievement():
    return published_course().achievement


def faults(document, schema):
    validator = jsonschema.Draft201909Validator(
        schema, format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(document)]


def document_of(item):
    return json.loads(bytes(item.document))


def revoke(item, reason="They changed it."):
    actions.revoke_endorsement(endorsement=item, by=UserFactory(), reason=reason, at=TUESDAY)


def checks(report):
    return [(check.outcome, check.words) for check in report.checks if check.name == "endorsement"]


def test_it_meets_the_published_schema(achievement):
    assert faults(document_of(endorsed(achievement)), ENDORSEMENT) == []


def test_it_names_what_it_endorses_and_who_says_so(achievement):
    item = endorsed(achievement)
    document = document_of(item)

    assert document["credentialSubject"] == {
        "id": addresses.achievement(achievement),
        "type": ["EndorsementSubject"],
        "endorsementComment": "We hire\nwhoever holds it.",
    }
    assert document["issuer"]["id"] == addresses.issuer_did(item.endorser)
    assert document["id"] == addresses.endorsement(item)


def test_an_issuer_is_endorsed_by_its_identifier(achievement):
    item = endorsed(achievement.awarding_body)

    named = document_of(item)["credentialSubject"]["id"]

    assert named == addresses.issuer_did(achievement.awarding_body)


def test_it_verifies(achievement):
    assert verifying.verify_document(bytes(endorsed(achievement).document)).is_valid


def test_a_changed_one_is_caught(achievement):
    changed = document_of(endorsed(achievement))
    changed["credentialSubject"]["endorsementComment"] = "We hire nobody else."

    assert verifying.verify_document(json.dumps(changed)).verdict == Verdict.INVALID


def test_taken_back_it_verifies_as_revoked(achievement):
    item = endorsed(achievement)
    revoke(item)
    tasks.sweep()

    assert verifying.verify_document(bytes(item.document)).verdict == Verdict.REVOKED


def test_taking_it_back_needs_a_reason(achievement):
    with pytest.raises(actions.ReasonMissing):
        revoke(endorsed(achievement), reason=" ")


def test_a_draft_is_not_signed(achievement):
    drafted(achievement)

    assert actions.sign_due_endorsements(at=TUESDAY) == 0


def test_a_worker_that_lost_the_message_finds_it(achievement):
    actions.publish_endorsement(endorsement=drafted(achievement), by=UserFactory(), at=TUESDAY)

    tasks.sweep()

    assert Endorsement.objects.get().signed_at is not None


def test_its_place_is_nobody_else_s(achievement, monkeypatch):
    monkeypatch.setattr(status_lists, "LIST_LENGTH", 8)
    monkeypatch.setattr(status_lists, "FULL_AT", 8)
    item = endorsed(achievement)

    places = status_lists.take_places(organization=item.endorser, count=7)

    assert sorted([item.status_index, *(index for _, index in places)]) == list(range(8))


def test_new_credentials_carry_it_and_old_ones_do_not_change(achievement):
    (old,) = issued(achievement=achievement)
    before = bytes(old.document)
    item = endorsed(achievement)

    (new,) = issued(achievement=achievement)

    carried = document_of(new)["credentialSubject"]["achievement"]["endorsement"]
    assert carried == [document_of(item)]
    assert faults(document_of(new), ACHIEVEMENT) == []
    assert bytes(Credential.objects.get(pk=old.pk).document) == before


def test_the_fast_path_says_what_the_reference_says(achievement, monkeypatch):
    endorsed(achievement)
    (credential,) = issued(achievement=achievement)
    document = document_of(credential)
    del document["proof"]
    slow = template.by_reference(document)
    # Made once already: from now on nothing is left to the reference.
    monkeypatch.setattr(template, "by_reference", lambda _: pytest.fail("not by its template"))

    fast = template.render(template.shared(document))

    assert (fast.n_quads, fast.text) == (slow.n_quads, slow.text)


def test_a_credential_is_verified_with_what_it_carries(achievement):
    endorsed(achievement)
    (credential,) = issued(achievement=achievement)

    report = verifying.verify_stored(credential)

    assert report.is_valid
    assert checks(report) == [(Outcome.PASSED, "It is endorsed by Guild of Pilots.")]


def test_an_endorsement_taken_back_does_not_speak_against_the_credential(achievement):
    item = endorsed(achievement)
    (credential,) = issued(achievement=achievement)
    revoke(item)
    tasks.sweep()

    report = verifying.verify_stored(credential)

    assert report.is_valid
    assert [outcome for outcome, _ in checks(report)] == [Outcome.UNKNOWN]


def signed_with(credential, endorsement):
    """The credential as its issuer could sign it with anything in it."""
    document = copy.deepcopy(document_of(credential))
    del document["proof"]
    document["credentialSubject"]["achievement"]["endorsement"] = [endorsement]
    key = credential.key
    return json.dumps(
        data_integrity.add_proof(
            document,
            private_key=keys.open_key(key),
            verification_method=addresses.key_id(key),
            created=TUESDAY,
        )
    )


def test_an_issuer_cannot_make_up_an_endorsement(achievement):
    (credential,) = issued(achievement=achievement)
    made_up = document_of(endorsed(achievement))
    made_up["credentialSubject"]["endorsementComment"] = "The best there is."

    report = verifying.verify_document(signed_with(credential, made_up))

    assert report.verdict == Verdict.INVALID


def test_a_key_that_the_endorser_no_longer_vouches_for_leaves_the_credential_as_it_is(achievement):
    endorsement = endorsed(achievement)
    (credential,) = issued(achievement=achievement)
    actions.distrust(key=endorsement.key, at=TUESDAY)
    actions.sign_due_status_lists(at=TUESDAY)

    report = verifying.verify_document(bytes(credential.document))

    assert report.verdict == Verdict.VALID
    ((outcome, words),) = checks(report)
    assert (outcome, "does not count" in words) == (Outcome.UNKNOWN, True)


def test_an_endorsement_of_something_else_is_not_borrowed(achievement):
    (credential,) = issued(achievement=achievement)
    of_another = document_of(endorsed(published_course().achievement))

    report = verifying.verify_document(signed_with(credential, of_another))

    assert report.verdict == Verdict.INVALID
    ((_, words),) = checks(report)
    assert "is of something else" in words


def test_no_more_than_a_few_are_carried(achievement, django_assert_num_queries):
    for _ in range(endorsements.MOST_CARRIED + 1):
        endorsed(achievement, endorser=OrganizationFactory(is_awarding_body=True))

    with django_assert_num_queries(1):
        carried = endorsements.carried_by({achievement.pk})

    assert len(carried[achievement.pk]) == endorsements.MOST_CARRIED


def test_the_journal_knows_what_was_taken_back(achievement):
    item = endorsed(achievement)
    revoke(item)

    (entry, _), *_ = journal.read(start=0)

    assert [place.credential for place in entry.places] == [item.public_id]
    JournalPosition.objects.update(bytes=0)
    actions.replay_revocations()
    assert not StatusList.objects.get(pk=item.status_list.pk).lost_places.exists()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"comment": ""}, "endorsement_says_something"),
        ({"achievement": None}, "endorsement_of_one_thing"),
        ({"signed_at": TUESDAY}, "endorsement_signed_as_a_whole"),
        ({"published_at": TUESDAY}, "endorsement_published_by_someone"),
        ({"revoked_at": TUESDAY, "revocation_reason": "No."}, "endorsement_revoked_with_a_reason"),
    ],
)
def test_the_database_refuses_half_an_endorsement(achievement, values, name):
    item = drafted(achievement)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Endorsement.objects.filter(pk=item.pk).update(**values)


def test_nobody_endorses_themselves(achievement):
    body = achievement.awarding_body

    with pytest.raises(IntegrityError, match="endorsement_not_of_oneself"), transaction.atomic():
        drafted(body, endorser=body)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"comment": "Something else."}, "endorsement_fixed_once_published"),
        ({"document": b"{}"}, "endorsement_document_never_changes"),
    ],
)
def test_what_was_published_never_changes(achievement, values, name):
    item = endorsed(achievement)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Endorsement.objects.filter(pk=item.pk).update(**values)


def test_what_was_published_is_kept(achievement):
    with pytest.raises(IntegrityError, match="endorsement_kept"), transaction.atomic():
        endorsed(achievement).delete()


# The pages.


def test_the_pages_show_who_endorses(client, achievement):
    item = endorsed(achievement)
    endorsed(achievement.awarding_body, endorser=item.endorser)
    (credential,) = issued(achievement=achievement)

    pages = [
        reverse("credentials:achievement", args=[achievement.public_id]),
        reverse("credentials:issuer", args=[achievement.awarding_body.slug]),
        credential.get_absolute_url(),
    ]

    for page in pages:
        shown = client.get(page).text
        assert "Guild of Pilots" in shown, page
        assert "We hire<br>whoever holds it." in shown, page


def test_programs_read_it_with_the_achievement_and_the_issuer(client, achievement):
    item = endorsed(achievement)
    of_body = endorsed(achievement.awarding_body, endorser=item.endorser)

    for address, expected in (
        (reverse("credentials:achievement", args=[achievement.public_id]), item),
        (reverse("credentials:issuer", args=[achievement.awarding_body.slug]), of_body),
    ):
        said = client.get(address, headers={"accept": "application/ld+json"}).json()
        assert said["endorsement"] == [document_of(expected)]


def test_taken_back_it_is_shown_by_its_own_page_alone(client, achievement):
    item = endorsed(achievement)
    revoke(item, reason="They changed it.")

    page = client.get(reverse("credentials:achievement", args=[achievement.public_id])).text
    own = client.get(item.get_absolute_url()).text

    assert "Guild of Pilots" not in page
    assert "Taken back on" in own
    assert "They changed it." in own


def test_its_own_page_leads_to_the_document_and_the_verifier(client, achievement):
    item = endorsed(achievement)

    page = client.get(item.get_absolute_url())
    signed = client.get(item.get_absolute_url(), headers={"accept": "application/vc"})
    address = {"address": addresses.endorsement(item)}
    result = client.get(reverse("credentials:verify"), address).text

    assert "Verify this endorsement" in page.text
    assert signed.content == bytes(item.document)
    assert "This credential is genuine and valid." in result


def test_a_draft_has_no_page(client, achievement):
    assert client.get(drafted(achievement).get_absolute_url()).status_code == 404


# The curators.


@pytest.fixture
def curator(client, achievement):
    """Of an organization that may endorse; signed in."""
    membership = MembershipFactory(
        role=Membership.Role.CURATOR,
        user=UserFactory(is_staff=True),
        organization=OrganizationFactory(is_awarding_body=True, name="Guild of Pilots"),
    )
    client.force_login(membership.user)
    return membership


def written(client, **values):
    return save(client, url("credentials_endorsement_add"), comment="We hire them.", **values)


def test_a_curator_writes_publishes_and_takes_back(client, curator, achievement):
    written(client, endorser=curator.organization_id, achievement=achievement.pk)
    item = Endorsement.objects.get()
    client.post(url("credentials_endorsement_publish", item.pk))
    tasks.sweep()
    item.refresh_from_db()
    assert (item.published_by, bool(item.document)) == (curator.user, True)

    client.post(url("credentials_endorsement_revoke", item.pk), {"reason": "They changed it."})

    item.refresh_from_db()
    assert (item.revoked_by, item.revocation_reason) == (curator.user, "They changed it.")


@pytest.mark.parametrize("both", [True, False])
def test_it_is_of_one_thing(client, curator, achievement, both):
    values = {"achievement": achievement.pk, "organization": achievement.awarding_body_id}

    answer = written(client, endorser=curator.organization_id, **(values if both else {}))

    assert "one only" in errors(answer)


def test_one_s_own_credential_is_not_endorsed(client, curator):
    own = published_course(provider=curator.organization, awarding_body=curator.organization)

    answer = written(client, endorser=curator.organization_id, achievement=own.achievement.pk)

    assert "another organization" in errors(answer)


def test_nobody_speaks_for_another_organization(client, curator, achievement):
    other = OrganizationFactory(is_awarding_body=True)

    answer = written(client, endorser=other.pk, achievement=achievement.pk)

    assert "Select a valid choice" in errors(answer)


@pytest.mark.parametrize("page", ["publish", "revoke", "change", "delete"])
def test_another_s_endorsement_is_not_theirs(client, curator, achievement, page):
    item = drafted(achievement, endorser=OrganizationFactory(is_awarding_body=True, name="Other"))

    answer = client.post(url(f"credentials_endorsement_{page}", item.pk), {"reason": "No."})

    assert answer.status_code in {302, 403, 404}
    item.refresh_from_db()
    assert item.published_at is None


@pytest.mark.parametrize("page", ["delete", "publish"])
def test_what_is_published_is_not_published_again_or_deleted(client, curator, achievement, page):
    item = endorsed(achievement, endorser=curator.organization)

    assert client.post(url(f"credentials_endorsement_{page}", item.pk)).status_code == 403
