"""Anybody's credentials on the site's page: fetched, trusted or not, and compared with a person."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject

from credentials import fetching, verifying
from credentials.vc import baking
from credentials.vc.verify import Outcome, Verdict
from tests.credentials.awards import issued
from tests.credentials.test_resolving import Internet
from tests.credentials.test_verifying_files import font, write
from tests.credentials.vc import others

pytestmark = pytest.mark.django_db

DID_URL = "https://issuer.example/.well-known/did.json"
BADGE_URL = "https://issuer.example/badge"
BADGE = json.dumps(others.signed()).encode()
TOKEN = others.token(algorithm="EdDSA", kid=f"{others.DID}#1").encode()
# Its head is all of a picture that is looked at.
PICTURE = baking.PNG_SIGNATURE + baking._chunk(b"IHDR", bytes(13))


@pytest.fixture
def internet(settings, monkeypatch) -> Internet:
    """Where the other issuer publishes its key, and a badge."""
    settings.VERIFIER_ASKS_OTHERS = True
    internet = Internet()
    internet.pages[DID_URL] = others.described(others.multikey_of(others.ED25519))
    internet.pages[BADGE_URL] = BADGE
    monkeypatch.setattr(fetching, "fetch", internet)
    return internet


@pytest.fixture
def is_known(settings) -> None:
    settings.KNOWN_ISSUERS = frozenset({others.DID})


def test_a_good_signature_of_an_unknown_issuer_is_not_green(internet):
    report = verifying.verify_document(BADGE)

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert report.outcome_of("proof") == Outcome.PASSED


@pytest.mark.usefixtures("is_known")
def test_an_issuer_whom_the_operator_knows_is_valid(internet):
    assert verifying.verify_document(BADGE).verdict == Verdict.VALID


def test_a_forgery_is_invalid_whoever_the_issuer_is(internet):
    forged = BADGE.replace(b"Reading Tide Tables", b"Sailing Round the World")

    assert verifying.verify_document(forged).verdict == Verdict.INVALID


def test_without_the_network_the_issuer_is_unknown():
    report = verifying.verify_document(BADGE)

    assert (report.verdict, report.outcome_of("proof")) == (
        Verdict.UNKNOWN_ISSUER,
        Outcome.SKIPPED,
    )


def test_a_did_of_ours_is_never_asked_for(internet, settings):
    settings.BASE_URL = "https://cairn.example"
    document = others.unsigned(
        issuer={"id": "did:web:cairn.example:issuers:nobody", "type": ["Profile"]}
    )

    report = verifying.verify_document(json.dumps(others.signed(document)))

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert internet.asked == []


def test_ours_ask_nobody(internet):
    (credential,) = issued()

    assert verifying.verify_stored(credential).is_valid
    assert internet.asked == []


@pytest.mark.usefixtures("is_known")
@pytest.mark.parametrize(
    "content",
    [BADGE, TOKEN, baking.bake_png(PICTURE, BADGE), baking.bake_svg("<svg></svg>", BADGE.decode())],
    ids=["json", "jwt", "png", "svg"],
)
def test_what_lies_at_an_address_is_verified(internet, content):
    internet.pages[BADGE_URL] = content if isinstance(content, bytes) else content.encode()

    assert verifying.verify_address(BADGE_URL).verdict == Verdict.VALID


def test_an_address_that_does_not_answer_is_never_green(internet):
    report = verifying.verify_address("https://issuer.example/none")

    assert (report.verdict, report.checks[0].outcome) == (Verdict.UNREACHABLE, Outcome.UNKNOWN)


# The page


def test_the_page_verifies_an_address(internet, client):
    page = client.post("/verify/", {"address": BADGE_URL}).text

    assert "Its issuer is not known here." in page
    assert "Reading Tide Tables" in page
    assert "Đặng Thị Ünal" in page


def test_a_link_makes_nobody_be_asked(internet, client):
    page = client.get("/verify/", {"address": BADGE_URL})

    assert BADGE_URL in page.text
    assert internet.asked == []


def test_the_page_says_what_was_not_checked(client):
    assert "Status</strong>, not checked" in client.post("/verify/", {"text": "{}"}).text


@pytest.mark.parametrize(
    ("recipient", "said"),
    [
        ("{}", "It was awarded to this e-mail address."),
        ("other@mail.example", "This credential is another person&#x27;s."),
    ],
)
def test_the_page_compares_whose_it_is(client, recipient, said):
    (credential,) = issued()
    text = bytes(credential.document).decode()

    page = client.post(
        "/verify/", {"text": text, "recipient": recipient.format(credential.award.learner.email)}
    ).text

    assert said in page


def test_a_recipient_that_is_neither_an_address_nor_a_did_is_refused(client):
    response = client.post("/verify/", {"text": "{}", "recipient": "Ada"})

    assert (response.status_code, "Write an e-mail address" in response.text) == (422, True)


def test_who_asks_too_often_is_told_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"verify": "2/m/ip"}

    answers = [client.post("/verify/", {"text": "{}"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


# PDFs of others


@pytest.mark.usefixtures("is_known")
@pytest.mark.parametrize(
    ("words", "verdict", "outcome"),
    [
        ("Mai Unal has achieved Reading Tide Tables", "valid", "unknown"),
        ("Eve Unal has achieved Reading Tide Tables", "invalid", "failed"),
    ],
)
def test_a_pdf_of_another_issuer_must_have_the_names_on_it(internet, words, verdict, outcome):
    document = others.unsigned()
    document["credentialSubject"]["identifier"][1]["identityHash"] = "Mai Unal"
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(400, 400)
    fonts = DictionaryObject({NameObject("/Another"): font()})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    write(page, words)
    writer.add_attachment("credential.json", json.dumps(others.signed(document)).encode())
    kept = io.BytesIO()
    writer.write(kept)

    report = verifying.verify_file(kept.getvalue())

    assert (report.verdict, report.outcome_of("content")) == (verdict, outcome)
