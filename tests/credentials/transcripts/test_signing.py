"""Transcripts (CLR 2.0): put together, signed, and verified part by part."""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path

import jsonschema
import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organization
from credentials import actions, addresses, issuers, keys, tasks, verifying
from credentials.models import Transcript, TranscriptEntry
from credentials.vc import canonical, clr, data_integrity, documents
from credentials.vc.verify import Outcome, Verdict
from tests.credentials.awards import issued
from tests.credentials.transcripts.making import document_of, made, named, of
from tests.credentials.vc import samples
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "vc/schemas/clr_v2p0_clrcredential_schema.json").read_text()
)


def checks(report, name="credential"):
    return [(check.outcome, check.words) for check in report.checks if check.name == name]


def test_it_meets_the_published_schema(learner):
    validator = jsonschema.Draft201909Validator(
        SCHEMA, format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )

    errors = list(validator.iter_errors(document_of(made(learner))))

    assert [(list(error.absolute_path), error.message) for error in errors] == []


def test_each_credential_is_in_it_as_it_was_signed(learner):
    enclosed = document_of(made(learner))["credentialSubject"]["verifiableCredential"]

    assert enclosed == [json.loads(bytes(one.document)) for one in of(learner)]


def test_it_says_what_counts_in_what(learner):
    ids = {
        name: addresses.achievement(named(learner, name).award.achievement)
        for name in ("Maps", "Tides", "Pilot")
    }

    said = document_of(made(learner))["credentialSubject"]["association"]

    assert {(one["associationType"], one["sourceId"], one["targetId"]) for one in said} == {
        ("isPartOf", ids["Maps"], ids["Pilot"]),
        ("isPartOf", ids["Tides"], ids["Pilot"]),
    }


def test_it_says_whether_there_is_more(learner):
    assert document_of(made(learner))["partial"] is False
    some = document_of(made(learner, credentials=[named(learner, "Maps")]))
    assert some["partial"] is True
    assert "association" not in some["credentialSubject"]


def test_the_platform_signs_it_under_the_site_s_own_identifier(client, learner):
    document = document_of(made(learner))
    described = client.get("/.well-known/did.json")

    assert document["issuer"]["id"] == described.json()["id"] == addresses.platform_did()
    assert document["proof"]["verificationMethod"] in described.json()["assertionMethod"]
    assert described["Content-Type"] == "application/did+ld+json"


def test_before_the_first_signature_the_platform_has_no_key(client):
    described = client.get("/.well-known/did.json").json()

    assert (described["id"], described["assertionMethod"]) == (addresses.platform_did(), [])


def test_the_address_is_only_there_as_a_salted_hash(learner):
    assert "mai@learners.example" not in json.dumps(document_of(made(learner)))


@pytest.mark.parametrize("form", ["document", "token"])
def test_it_verifies_and_so_does_each_credential_in_it(learner, form):
    report = verifying.verify_document(bytes(getattr(made(learner), form)))

    assert report.verdict == Verdict.VALID
    assert [outcome for outcome, _ in checks(report)] == [Outcome.PASSED] * 3
    assert "“Maps” is genuine and valid." in [words for _, words in checks(report)]


def test_a_changed_credential_in_it_is_caught(learner):
    changed = document_of(made(learner))
    changed["credentialSubject"]["verifiableCredential"][0]["credentialSubject"]["achievement"][
        "name"
    ] = "Charts"

    assert verifying.verify_document(json.dumps(changed)).verdict == Verdict.INVALID


def test_a_changed_credential_is_caught_though_the_transcript_is_signed_over_it(learner):
    """The issuer of a transcript cannot make others say what they did not."""
    changed = document_of(made(learner))
    del changed["proof"]
    changed["credentialSubject"]["verifiableCredential"][1]["validFrom"] = "2020-01-01T00:00:00Z"
    key = keys.active_key(organization=issuers.platform(), at=TUESDAY)
    signed = data_integrity.add_proof(
        changed,
        private_key=keys.open_key(key),
        verification_method=addresses.key_id(key),
        created=TUESDAY,
    )

    report = verifying.verify_document(json.dumps(signed))

    assert report.verdict == Verdict.INVALID
    assert [outcome for outcome, _ in checks(report)] == [
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.PASSED,
    ]


def test_what_is_no_credential_in_it_is_refused(learner):
    changed = document_of(made(learner))
    changed["credentialSubject"]["verifiableCredential"] = ["eyJhbGciOiJub25lIn0.e30."]

    assert verifying.verify_document(json.dumps(changed)).verdict == Verdict.INVALID


def test_one_that_is_revoked_later_shows_when_it_is_verified(learner):
    transcript = made(learner)
    actions.revoke(
        award=named(learner, "Pilot").award, by=UserFactory(), reason="A mistake.", at=TUESDAY
    )
    tasks.sweep()

    report = verifying.verify_document(bytes(transcript.document))

    assert report.verdict == Verdict.REVOKED
    failed = [words for outcome, words in checks(report) if outcome == Outcome.FAILED]
    assert failed == ["“Pilot”: The issuer has revoked it: A mistake."]


def test_one_that_is_suspended_is_so_in_it_until_it_is_reinstated(learner):
    transcript = made(learner)
    award = named(learner, "Pilot").award
    actions.suspend(award=award, by=UserFactory(), reason="Under review.", at=TUESDAY)
    tasks.sweep()
    meanwhile = verifying.verify_document(bytes(transcript.document))

    actions.reinstate(award=award)
    tasks.sweep()

    assert meanwhile.verdict == Verdict.SUSPENDED
    failed = [words for outcome, words in checks(meanwhile) if outcome == Outcome.FAILED]
    assert failed == ["“Pilot”: The issuer has suspended it for now: Under review."]
    assert verifying.verify_document(bytes(transcript.document)).verdict == Verdict.VALID


def test_one_that_has_expired_was_earned_all_the_same():
    (credential,) = issued(expires_at=TUESDAY + datetime.timedelta(days=30))

    report = verifying.verify_document(bytes(made(credential.award.learner).document))

    assert report.verdict == Verdict.VALID
    ((outcome, words),) = checks(report)
    assert outcome == Outcome.UNKNOWN
    assert "It expired on 02 April 2026." in words


def test_it_is_signed_once_and_never_changes(learner):
    transcript = made(learner)

    assert actions.sign_due_transcripts(at=TUESDAY) == 0
    with pytest.raises(IntegrityError, match="transcript_document_never_changes"):
        Transcript.objects.filter(pk=transcript.pk).update(document=b"{}")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"signed_at": TUESDAY}, "transcript_signed_as_a_whole"),
        ({"deleted_at": TUESDAY}, "transcript_deleted_says_nothing"),
        ({"visibility": "friends"}, "transcript_visibility_known"),
    ],
)
def test_the_database_refuses_half_a_transcript(learner, values, constraint):
    asked = actions.request_transcript(
        learner=learner, credentials=of(learner), name="All of it", at=TUESDAY
    )

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Transcript.objects.filter(pk=asked.pk).update(**values)


def test_the_database_refuses_one_credential_twice(learner):
    transcript = made(learner)

    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptEntry.objects.create(transcript=transcript, credential=of(learner)[0])


def test_there_is_one_platform_and_it_awards_nothing(learner):
    made(learner)

    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.create(name="Second", slug="second", is_platform=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(is_platform=True).update(is_awarding_body=True)


def test_a_worker_that_lost_the_message_finds_it(learner):
    actions.request_transcript(
        learner=learner, credentials=of(learner), name="All of it", at=TUESDAY
    )

    tasks.sweep()

    assert Transcript.objects.get().signed_at is not None


def test_nobody_puts_together_what_is_another_s(learner):
    with pytest.raises(actions.CannotMakeTranscript):
        actions.request_transcript(
            learner=UserFactory(), credentials=of(learner), name="Mine", at=TUESDAY
        )


def test_what_was_revoked_meanwhile_is_left_out(learner):
    asked = actions.request_transcript(
        learner=learner, credentials=of(learner), name="All of it", at=TUESDAY
    )
    actions.revoke(
        award=named(learner, "Pilot").award, by=UserFactory(), reason="A mistake.", at=TUESDAY
    )

    actions.sign_due_transcripts(at=TUESDAY)

    asked.refresh_from_db()
    assert len(document_of(asked)["credentialSubject"]["verifiableCredential"]) == 2


def test_one_that_cannot_be_signed_says_why_and_is_not_tried_again(client, learner):
    asked = actions.request_transcript(
        learner=learner, credentials=of(learner), name="Bell \x07", at=TUESDAY
    )
    actions.sign_due_transcripts(at=TUESDAY)
    client.force_login(learner)

    page = client.get(asked.get_absolute_url()).content.decode()

    assert "It cannot be made. Remove the character U+0007" in page
    assert actions.sign_due_transcripts(at=TUESDAY) == 0


def test_many_names_alike_do_not_stop_the_canonical_form():
    """Each credential repeats the learner's name: parts alike, but told apart by their place."""
    credential = samples.signed()
    enclosed = []
    for number in range(30):
        one = copy.deepcopy(credential)
        one["id"] = f"https://learn.example/credentials/{number}"
        one["credentialSubject"]["identifier"][0]["salt"] = str(number)
        enclosed.append(one)
    document = clr.transcript(
        id="https://learn.example/transcripts/1",
        name="All",
        issuer=documents.profile(samples.ISSUER),
        recipient=documents.Recipient(name="Mai", email="mai@mail.example", salt="x"),
        credentials=enclosed,
        parts=[],
        is_partial=False,
        valid_from=samples.TUESDAY,
    )

    assert len(canonical.canonicalize(document).splitlines()) > 800
