"""A learner shows that a DID is theirs, and new documents name them by it."""

from __future__ import annotations

import json

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction
from django.urls import reverse

from credentials import actions, fetching, verifying
from credentials.actions import learner_dids
from credentials.models import CredentialJwt, LearnerDid, Transcript
from credentials.vc import multikey
from credentials.vc.said import Said
from tests.credentials.awards import due_awards, issue_all, issued
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MULTIBASE = multikey.encode_ed25519(KEY.public_key())
DID = f"did:key:{MULTIBASE}"
KID = f"{DID}#{MULTIBASE}"
SITE = "http://localhost:8000"


@pytest.fixture
def learner():
    return UserFactory()


def proof(learner, *, key=KEY, kid=KID, **claims):
    said = {"aud": SITE, "nonce": actions.challenge(learner), **claims}
    return pyjwt.encode(said, key, algorithm="EdDSA", headers={"kid": kid})


def prove(learner, token):
    return actions.prove_did(learner=learner, token=token, at=TUESDAY)


def test_who_signs_the_challenge_has_the_key(learner):
    assert prove(learner, proof(learner)).did == DID


def test_another_one_takes_its_place(learner):
    prove(learner, proof(learner))
    other = Ed25519PrivateKey.generate()
    multibase = multikey.encode_ed25519(other.public_key())

    prove(learner, proof(learner, key=other, kid=f"did:key:{multibase}#{multibase}"))

    assert LearnerDid.objects.get().did == f"did:key:{multibase}"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"key": Ed25519PrivateKey.generate()}, "not signed with the key"),
        ({"kid": "did:example:1#1"}, "by a did:key or a did:web"),
        ({"kid": f"{DID}#other"}, "does not list this key"),
        ({"aud": "https://elsewhere.example"}, "Its aud is not"),
        ({"nonce": "made up"}, "not the one that is shown here"),
    ],
)
def test_what_does_not_show_it_is_refused(learner, values, words):
    with pytest.raises(actions.NotProved, match=words):
        prove(learner, proof(learner, **values))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"aud": "https://elsewhere.example"}, f"Sein aud ist nicht {SITE}."),
        (
            {"kid": "did:web:mai.example#1"},
            "Das Dokument der DID lässt sich nicht lesen. "
            "Schreiben Sie die Adresse in einfachen Buchstaben, ohne Leerzeichen.",
        ),
    ],
)
def test_a_refusal_is_in_the_reader_s_language(learner, client, monkeypatch, values, words):
    def fetch(url):
        raise fetching.NotFetched(Said("Write the address in plain letters, without spaces."))

    monkeypatch.setattr(fetching, "fetch", fetch)
    client.force_login(learner)

    page = client.post(
        reverse("credentials:learner_did"),
        {"proof": proof(learner, **values)},
        headers={"accept-language": "de"},
    )

    assert words in page.text


def test_another_s_challenge_is_not_theirs(learner):
    with pytest.raises(actions.NotProved, match="somebody else"):
        prove(learner, proof(UserFactory()))


def test_a_challenge_grows_old(learner, monkeypatch):
    token = proof(learner)
    monkeypatch.setattr(learner_dids, "CHALLENGE_SECONDS", -1)

    with pytest.raises(actions.NotProved, match="too old"):
        prove(learner, token)


def test_one_did_is_one_person_s(learner):
    prove(learner, proof(learner))
    other = UserFactory()

    with pytest.raises(actions.NotProved, match="Somebody else"):
        prove(other, proof(other))


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIn0.W10.e30"])
def test_odd_text_is_refused(learner, token):
    with pytest.raises(actions.NotProved):
        prove(learner, token)


@pytest.fixture
def on_the_web(monkeypatch):
    """What lies at the address of did:web:mai.example."""
    answers = {}

    def fetch(url):
        if url not in answers:
            raise fetching.NotFetched(Said("There is no host."))
        return fetching.Fetched(json.dumps(answers[url]).encode(), "application/json")

    monkeypatch.setattr(fetching, "fetch", fetch)
    return answers


def web_document(**values):
    method = {"id": "did:web:mai.example#1", "publicKeyMultibase": MULTIBASE}
    return {
        "id": "did:web:mai.example",
        "verificationMethod": [method],
        "authentication": ["did:web:mai.example#1"],
    } | values


def test_a_did_of_the_web_is_shown_by_its_document(learner, on_the_web):
    on_the_web["https://mai.example/.well-known/did.json"] = web_document()

    kept = prove(learner, proof(learner, kid="did:web:mai.example#1"))

    assert kept.did == "did:web:mai.example"


@pytest.mark.parametrize("values", [{"id": "did:web:other.example"}, {"authentication": []}, None])
def test_a_document_that_does_not_say_so_is_not_believed(learner, on_the_web, values):
    if values is not None:
        on_the_web["https://mai.example/.well-known/did.json"] = web_document(**values)

    with pytest.raises(actions.NotProved):
        prove(learner, proof(learner, kid="did:web:mai.example#1"))


def test_the_database_knows_the_methods(learner):
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnerDid.objects.create(learner=learner, did="did:example:1", proved_at=TUESDAY)


def test_a_new_credential_names_its_learner_by_it_in_every_form():
    (award,) = due_awards(1)
    prove(award.learner, proof(award.learner))

    issue_all()

    (credential,) = award.credentials.all()
    actions.request_jwt(credential=credential, at=TUESDAY)
    actions.sign_due_jwts(at=TUESDAY)
    assert json.loads(bytes(credential.document))["credentialSubject"]["id"] == DID
    token = bytes(CredentialJwt.objects.get().token)
    assert pyjwt.decode(token, options={"verify_signature": False})["sub"] == DID
    for form in (bytes(credential.document), token):
        assert verifying.verify_document(form, recipient=DID).is_valid


def test_a_transcript_names_its_learner_by_it():
    (credential,) = issued()
    learner = credential.award.learner
    prove(learner, proof(learner))

    actions.request_transcript(learner=learner, credentials=[credential], name="All", at=TUESDAY)
    actions.sign_due_transcripts(at=TUESDAY)

    document = json.loads(bytes(Transcript.objects.get().document))
    assert document["credentialSubject"]["id"] == DID


def test_a_learner_shows_it_on_a_page_and_takes_it_away(client, learner):
    client.force_login(learner)
    page = client.get(reverse("credentials:learner_did"))
    nonce = json.loads(page.context["payload"])["nonce"]

    wrong = client.post(reverse("credentials:learner_did"), {"proof": "a.b.c"})
    client.post(reverse("credentials:learner_did"), {"proof": proof(learner, nonce=nonce)})

    assert wrong.status_code == 422
    assert DID in client.get(reverse("credentials:learner_did")).text
    client.post(reverse("credentials:forget_did"))
    assert not LearnerDid.objects.exists()
