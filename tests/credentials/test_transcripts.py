"""Transcripts (CLR 2.0): chosen, signed, verified part by part, shared, deleted, erased."""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path

import jsonschema
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import erase_due, request_erasure
from accounts.models import Organization, User
from credentials import actions, addresses, issuers, keys, tasks, verifying
from credentials.models import Credential, Transcript, TranscriptEntry
from credentials.vc import canonical, clr, data_integrity, documents
from credentials.vc.verify import Outcome, Verdict
from enrollment import actions as enrollment_actions
from tests.credentials.awards import issued
from tests.credentials.vc import samples
from tests.factories import TUESDAY, UserFactory, published_course, published_track
from tests.worlds import made_once

pytestmark = pytest.mark.django_db

SCHEMA = json.loads(
    (Path(__file__).parent / "vc/schemas/clr_v2p0_clrcredential_schema.json").read_text()
)


def build():
    """A learner with two courses and the track that they add up to."""
    learner = UserFactory(credential_name="Mai Tran", email="mai@learners.example")
    courses = [published_course(title=title, quiz=False) for title in ("Maps", "Tides")]
    published_track(*courses, title="Pilot")
    for course in courses:
        enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
        enrollment_actions.finish_unit(enrollment=enrollment, unit=course.units.get(), at=TUESDAY)
    tasks.judge()
    return learner


built = made_once(build)


@pytest.fixture
def learner(built):
    return User.objects.get(pk=built.pk)


def of(learner):
    return list(Credential.objects.held_by(learner).order_by("pk"))


def named(learner, name):
    return Credential.objects.held_by(learner).get(award__version__name=name)


def made(learner, *, credentials=None, visibility="link"):
    asked = actions.request_transcript(
        learner=learner, credentials=credentials or of(learner), name="All of it", at=TUESDAY
    )
    actions.share_transcript(transcript=asked, visibility=visibility)
    actions.sign_due_transcripts(at=TUESDAY)
    asked.refresh_from_db()
    return asked


def document_of(transcript):
    return json.loads(bytes(transcript.document))


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


# The pages.


def test_the_learner_chooses_looks_and_has_it_made(client, learner):
    client.force_login(learner)
    chosen = [str(named(learner, name).public_id) for name in ("Maps", "Pilot")]

    choice = client.get(reverse("credentials:choose_for_transcript")).content.decode()
    assert choice.count(" checked>") == 3
    preview = client.get(
        reverse("credentials:new_transcript"), {"credential": chosen}
    ).content.decode()
    assert "It will hold 2 credentials." in preview
    assert "“Maps” counted in “Pilot”" in preview
    assert "One of yours is left out" in preview
    answer = client.post(
        reverse("credentials:new_transcript"), {"credential": chosen, "name": "For Harbor"}
    )

    transcript = Transcript.objects.get()
    assert answer["Location"] == transcript.get_absolute_url()
    assert (transcript.name, transcript.is_partial, transcript.visibility) == (
        "For Harbor",
        True,
        "off",
    )
    assert "It is being signed" in client.get(transcript.get_absolute_url()).content.decode()


@pytest.mark.parametrize("picked", [[], ["nonsense"], ["00000000-0000-4000-8000-000000000000"]])
def test_choosing_nothing_leads_back_with_a_word(client, learner, picked):
    client.force_login(learner)

    answer = client.get(reverse("credentials:new_transcript"), {"credential": picked}, follow=True)

    assert "Choose at least one credential" in answer.content.decode()


def test_another_s_credential_is_not_taken(client, learner):
    client.force_login(UserFactory())

    client.post(
        reverse("credentials:new_transcript"),
        {"credential": [str(one.public_id) for one in of(learner)], "name": "Mine"},
    )

    assert not Transcript.objects.exists()


def test_without_a_name_it_is_not_made(client, learner):
    client.force_login(learner)

    answer = client.post(
        reverse("credentials:new_transcript"),
        {"credential": [str(of(learner)[0].public_id)], "name": " "},
    )

    assert answer.status_code == 422
    assert not Transcript.objects.exists()


@pytest.mark.parametrize("suffix", ["", "/json", "/jwt"])
def test_until_it_is_shared_it_does_not_exist_for_others(client, learner, suffix):
    address = made(learner, visibility="off").get_absolute_url() + suffix

    assert client.get(address).status_code == 404
    client.force_login(learner)
    assert client.get(address).status_code == 200


def test_its_page_leads_to_the_signed_document(client, learner):
    transcript = made(learner)
    address = transcript.get_absolute_url()

    page = client.get(address)
    as_json = client.get(address, headers={"accept": "application/vc"})

    assert "Mai Tran" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert as_json.content == bytes(transcript.document)
    assert client.get(f"{address}/json").content == bytes(transcript.document)
    assert client.get(f"{address}/jwt").content == bytes(transcript.token)


def test_the_verify_page_takes_its_address(client, learner):
    address = addresses.transcript(made(learner))

    page = client.get(reverse("credentials:verify"), {"address": address}).content.decode()

    assert "This credential is genuine and valid." in page
    assert "“Tides” is genuine and valid." in page


def test_the_verify_page_does_not_find_what_is_not_shared(client, learner):
    address = addresses.transcript(made(learner, visibility="off"))

    assert client.get(reverse("credentials:verify"), {"address": address}).status_code == 422


def test_sharing_is_taken_back(client, learner):
    transcript = made(learner)
    client.force_login(learner)

    client.post(f"{transcript.get_absolute_url()}/visibility", {"visibility": "off"})

    client.logout()
    assert client.get(transcript.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("page", ["visibility", "delete"])
def test_nobody_else_decides_about_it(client, learner, page):
    transcript = made(learner)
    client.force_login(UserFactory())

    answer = client.post(f"{transcript.get_absolute_url()}/{page}", {"visibility": "public"})

    assert answer.status_code == 404
    transcript.refresh_from_db()
    assert (transcript.visibility, transcript.deleted_at) == ("link", None)


def is_gone(client, transcript):
    transcript.refresh_from_db()
    kept = bytes(transcript.document), bytes(transcript.token), transcript.recipient_name
    assert kept == (b"", b"", "")
    assert not transcript.entries.exists()
    answers = [
        client.get(transcript.get_absolute_url() + suffix) for suffix in ("", "/json", "/jwt")
    ]
    assert [answer.status_code for answer in answers] == [410] * 3
    return answers[0].content.decode()


def test_deleted_it_is_gone_and_says_so(client, learner):
    transcript = made(learner)
    client.force_login(learner)
    client.post(f"{transcript.get_absolute_url()}/delete")
    client.logout()

    assert "has deleted it" in is_gone(client, transcript)
    assert of(learner)


def test_deleted_it_never_comes_back(learner):
    transcript = made(learner)
    actions.delete_transcript(transcript=transcript, at=TUESDAY)

    with pytest.raises(IntegrityError):
        Transcript.objects.filter(pk=transcript.pk).update(deleted_at=None)


def test_with_its_learner_it_is_forgotten(client, learner):
    transcript = made(learner)
    request_erasure(user=learner, by=learner, at=TUESDAY)

    assert erase_due(at=TUESDAY)

    is_gone(client, transcript)


def test_one_of_an_erased_learner_is_not_signed(learner):
    actions.request_transcript(
        learner=learner, credentials=of(learner), name="All of it", at=TUESDAY
    )
    request_erasure(user=learner, by=learner, at=TUESDAY)
    erase_due(at=TUESDAY)

    assert actions.sign_due_transcripts(at=TUESDAY) == 0
