"""The offline verifier: opened as a file, and from the site, it says what the site's own says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from credentials import actions, offline, saying
from credentials.offline import words
from credentials.vc import baking, documents, endorsements, pinned, status_list, verify
from tests.credentials.awards import issued
from tests.credentials.vc import others, samples
from tests.credentials.vc.others import Others

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
KNOWN = {
    samples.DID: samples.did_document(),
    others.DID: others.described({"publicKeyJwk": others.jwk_of(others.P256)}),
    "did:web:multikey.example": others.described(
        others.multikey_of(others.P256), issuer="did:web:multikey.example"
    ),
    "did:web:rsa.example": others.described(
        {"publicKeyJwk": others.jwk_of(others.RSA)}, issuer="did:web:rsa.example"
    ),
}
HEADLINES = {
    "valid": "This credential is genuine and valid.",
    "invalid": "This credential cannot be trusted.",
    "expired": "This credential has expired.",
    "not_yet_valid": "This credential is not valid yet.",
    "unknown_issuer": "Its issuer is not known here.",
    "unreachable": "This credential could not be checked in full.",
}
PICTURE = baking.PNG_SIGNATURE + baking._chunk(b"IHDR", bytes(13))


def without_status(**values) -> dict:
    document = samples.unsigned() | values
    del document["credentialStatus"]
    return document


def of(issuer: str) -> dict:
    return others.unsigned(issuer={"id": issuer, "type": ["Profile"], "name": "Elsewhere"})


def changed(token: str) -> str:
    header, payload, signature = token.split(".")
    return (
        f"{header}.{payload[:200]}{'A' if payload[200] != 'A' else 'B'}{payload[201:]}.{signature}"
    )


DID_KEY = f"did:key:{others.multikey_of(others.ED25519)['publicKeyMultibase']}"
FRESH = samples.sign(without_status())
OLDER = json.loads((Path(samples.__file__).parent / "older.json").read_text())


def endorsed(of: str = samples.ACHIEVEMENT.id, **signing) -> dict:
    """With an endorsement in it; the list of that is not given."""
    said = endorsements.endorsement(
        id="https://learn.example/endorsements/e5",
        name="Endorsement",
        issuer=documents.profile(samples.ISSUER),
        endorsed=of,
        comment="We hire whoever holds it.",
        valid_from=samples.TUESDAY,
        status={},
    )
    del said["credentialStatus"]
    document = without_status()
    document["credentialSubject"]["achievement"]["endorsement"] = [samples.sign(said, **signing)]
    return document


def with_another_comment() -> dict:
    document = endorsed()
    (one,) = document["credentialSubject"]["achievement"]["endorsement"]
    one["credentialSubject"]["endorsementComment"] = "The best there is."
    return document


CREDENTIALS = {
    "fresh": FRESH,
    "endorsed": samples.sign(endorsed()),
    "endorsed as something else": samples.sign(endorsed(of="https://learn.example/other")),
    "with an endorsement that was changed": samples.sign(with_another_comment()),
    "endorsed by a key that is not listed": samples.sign(
        endorsed(verification_method=f"{samples.DID}#key-9")
    ),
    "changed": samples.with_one_letter_changed(FRESH),
    "signed by another key": samples.sign(without_status(), key=samples.OTHER_KEY),
    "without a proof": without_status(),
    "expired": samples.sign(without_status(validUntil="2025-03-04T23:59:59Z")),
    "not valid yet": samples.sign(without_status(validFrom="2999-01-01T00:00:00Z")),
    "with a term slipped in": FRESH | {"honors": "summa cum laude"},
    "with a context of its own": FRESH
    | {"@context": [*FRESH["@context"], "https://evil.example/v1"]},
    "with what no signature covers": FRESH
    | {"https://www.w3.org/2018/credentials#credentialStatus": {}},
    "of nobody known": others.signed(of("did:web:nobody.example")),
    "of nobody known, expired": others.signed(
        of("did:web:nobody.example") | {"validUntil": "2025-03-04T23:59:59Z"}
    ),
    "of a key itself": others.signed(
        of(DID_KEY), key_id=f"{DID_KEY}#{DID_KEY.removeprefix('did:key:')}"
    ),
    **OLDER,
    "changed, of an older model": samples.with_one_letter_changed(OLDER["3.0.1 2020"]),
    "without the date of its model": {
        name: value for name, value in OLDER["3.0.1 2020"].items() if name != "issuanceDate"
    },
    "whose list was not given": samples.signed(),
    "no badge": "{}",
    "no JSON": "{",
    "a JWT": others.token(kid=f"{others.DID}#1"),
    "a JWT by a key in its header": others.token(jwk=others.jwk_of(others.P256)),
    "a JWT by a compressed key": others.token(
        of("did:web:multikey.example"), kid="did:web:multikey.example#1"
    ),
    "a JWT by RSA": others.token(
        of("did:web:rsa.example"), algorithm="RS256", kid="did:web:rsa.example#1"
    ),
    "a changed JWT": changed(others.token(kid=f"{others.DID}#1")),
    "a JWT that contradicts itself": others.token(
        kid=f"{others.DID}#1", claims=others.claims_of(others.unsigned()) | {"nbf": 1}
    ),
}


@pytest.fixture
def file(page: Page, tmp_path: Path) -> Page:
    """The page, opened from a folder, and what it asked for."""
    saved = tmp_path / "verify-offline.html"
    saved.write_text(offline.page(site="learn.example", dids=list(KNOWN.values())))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(saved.as_uri())
    return page


def ask(page: Page, credential: object) -> None:
    text = credential if isinstance(credential, str) else json.dumps(credential)
    page.locator("#text").fill(text)
    page.locator("#ask [type=submit]").click()


def of_the_site(name: str, text: str) -> verify.Report:
    report = verify.verify(
        text,
        resolver=Others(dids=KNOWN),
        at=samples.WEDNESDAY.replace(year=2026),
        knows=KNOWN.__contains__,
    )
    if name in LISTS_LEFT_OUT:
        report.verdict = verify.Verdict.UNREACHABLE
    return report


def in_words(check: verify.Check) -> str:
    return saying.translated(check.words)


OF_ITS_OWN = {
    "whose list was not given",
    "endorsed by a key that is not listed",
    "of nobody known",
    "of nobody known, expired",
    "no JSON",
    "a changed JWT",
}
"""What it says in other words: it has not been given what the site knows, or reads less well."""
LISTS_LEFT_OUT = {"whose list was not given"}
ENGLISH = re.compile(r"\b(the|is|it|its|of|and|not|with|to)\b", re.IGNORECASE)


def test_it_says_what_the_verifier_of_the_site_says(file: Page):
    for name, credential in CREDENTIALS.items():
        text = credential if isinstance(credential, str) else json.dumps(credential)
        report = of_the_site(name, text)

        ask(file, credential)

        expect(file.locator("#verdict"), name).to_have_text(HEADLINES[report.verdict])
        if name not in OF_ITS_OWN:
            assert file.locator("#checks li").all_inner_texts() == [
                f"{saying.NAMES[check.name]}, {saying.OUTCOMES[check.outcome]}: {in_words(check)}"
                for check in report.in_full()
            ], name
        file.locator("#verdict").evaluate("node => { node.textContent = '' }")


@pytest.mark.parametrize("code", OTHERS)
def test_it_says_it_in_the_language_that_it_was_got_in(page: Page, tmp_path: Path, code: str):
    saved = tmp_path / "verify-offline.html"
    with translation.override(code):
        saved.write_text(offline.page(site="learn.example", dids=list(KNOWN.values())))
    page.goto(saved.as_uri())
    said = {}

    for name, credential in CREDENTIALS.items():
        ask(page, credential)
        expect(page.locator("#verdict"), name).not_to_be_empty()
        said[name] = page.locator("main").inner_text()
        page.locator("#verdict").evaluate("node => { node.textContent = '' }")

    assert page.locator("html").get_attribute("lang") == code
    assert {name: found for name, text in said.items() if (found := ENGLISH.findall(text))} == {}
    with translation.override(code):
        report = of_the_site("expired", json.dumps(CREDENTIALS["expired"]))
        assert in_words(report.checks[-1]) in said["expired"]


def test_of_whoever_it_is_it_says_that_it_has_expired(file: Page):
    name = "of nobody known, expired"
    report = of_the_site(name, json.dumps(CREDENTIALS[name]))

    ask(file, CREDENTIALS[name])

    expect(file.locator("#verdict")).to_have_text(HEADLINES["unknown_issuer"])
    expect(file.locator("#checks li")).to_contain_text(
        [
            "Form",
            "Give its DID document.",
            "Not checked",
            "Not checked",
            in_words(report.checks[-1]),
        ]
    )


def test_it_asks_for_nothing_of_its_own_accord(file: Page):
    ask(file, samples.signed())

    expect(file.locator("#verdict")).not_to_be_empty()
    assert [url.partition(":")[0] for url in file.asked] == ["file"]


@pytest.mark.parametrize(
    ("revoked", "said"),
    [([], HEADLINES["valid"]), ([samples.INDEX], "This credential has been revoked.")],
)
def test_a_list_that_is_given_is_read(file: Page, tmp_path: Path, revoked, said):
    list_ = tmp_path / "list.json"
    list_.write_text(json.dumps(samples.signed_list(revoked=revoked)))
    file.locator("#more").set_input_files(list_)

    ask(file, samples.signed())

    expect(file.locator("#verdict")).to_have_text(said)


def test_a_list_that_was_changed_is_not_trusted(file: Page, tmp_path: Path):
    bad = samples.signed_list(revoked=[samples.INDEX])
    bad["credentialSubject"]["encodedList"] = status_list.encode([])
    list_ = tmp_path / "list.json"
    list_.write_text(json.dumps(bad))
    file.locator("#more").set_input_files(list_)

    ask(file, samples.signed())

    expect(file.locator("#checks")).to_contain_text("status list cannot be trusted")


def test_an_issuer_whose_document_is_given_is_known(file: Page, tmp_path: Path):
    issuer = "did:web:given.example"
    described = tmp_path / "did.json"
    described.write_text(
        json.dumps(others.described(others.multikey_of(others.ED25519), issuer=issuer))
    )
    file.locator("#more").set_input_files(described)

    ask(file, others.signed(of(issuer), key_id=f"{issuer}#1"))

    expect(file.locator("#verdict")).to_have_text(HEADLINES["valid"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("badge.png", baking.bake_png(PICTURE, json.dumps(FRESH).encode())),
        (
            "badge.svg",
            baking.bake_svg(
                '<svg xmlns="http://www.w3.org/2000/svg"></svg>', json.dumps(FRESH)
            ).encode(),
        ),
        ("credential.json", json.dumps(FRESH).encode()),
    ],
)
def test_a_file_is_read(file: Page, tmp_path: Path, name, content):
    (tmp_path / name).write_bytes(content)
    file.locator("#file").set_input_files(tmp_path / name)

    file.get_by_role("button", name="Verify").click()

    expect(file.locator("#verdict")).to_have_text(HEADLINES["valid"])


def test_markup_in_a_credential_is_shown_as_text(file: Page):
    ask(file, samples.sign(without_status(name="x") | {"name": "<img src=x onerror=alert(1)>"}))

    expect(file.locator("#verdict")).to_have_text(HEADLINES["valid"])
    assert file.locator("#result img").count() == 0


def test_it_fits_a_narrow_screen(file: Page):
    file.set_viewport_size({"width": 320, "height": 600})
    ask(file, FRESH)

    expect(file.locator("#verdict")).not_to_be_empty()
    assert file.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_site_hands_it_out_with_its_issuers(page: Page, site, transactional_db):
    (credential,) = issued()
    actions.sign_due_status_lists(at=timezone.now())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/verify/offline")

    ask(page, bytes(credential.document).decode())
    expect(page.locator("#verdict")).to_have_text(HEADLINES["unreachable"])
    page.get_by_role("button", name="Ask for the status lists").click()

    expect(page.locator("#verdict")).to_have_text(HEADLINES["valid"])
    assert not [url for url in asked if str(credential.public_id) in url]


def test_the_site_hands_it_out_in_the_reader_s_language(client, db):
    page = client.get(reverse("credentials:offline_verifier"), headers={"accept-language": "de"})

    assert '<html lang="de">' in page.text
    assert "Dieser Nachweis ist echt und gültig." in page.text
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page["Vary"].split(",")}


def test_each_sentence_is_written_out_where_it_is_said():
    scripts = "\n".join((offline.FOLDER / name).read_text() for name in offline.SCRIPTS)
    calls = len(re.findall(r"\bsay\(", scripts)) - len(re.findall(r"function say\(", scripts))

    assert len(re.findall(r'\bsay\(\s*"[^"\\]+"[,)]', scripts)) == calls


@pytest.mark.parametrize("code", OTHERS)
def test_all_that_it_can_say_is_translated(code: str):
    with translation.override(code):
        texts = words.said()["texts"]

    assert sorted(texts) == list(words.sentences())
    assert set(words.OWN) <= set(texts)


def test_the_same_issuers_make_the_same_file():
    one, other = samples.did_document(), KNOWN[others.DID]

    made = offline.page(site="learn.example", dids=[one, other])

    assert made == offline.page(site="learn.example", dids=[other, one])
    assert all(address in made for address in pinned.PINNED)
