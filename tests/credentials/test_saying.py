"""The verifier's sentences: English by themselves, and in the reader's language on a page."""

from __future__ import annotations

import ast
import datetime
import html
import json
import pickle
import re
import string
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from credentials import actions, badges, fetching
from credentials.saying import translated
from credentials.vc import baking
from credentials.vc.said import Said
from tests.credentials.awards import issued
from tests.credentials.test_resolving import Internet
from tests.credentials.vc import others
from tests.factories import TUESDAY, UserFactory

ROOT = Path(settings.BASE_DIR)
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
DID_URL = "https://issuer.example/.well-known/did.json"
BADGE = json.dumps(others.signed())
FORGED = BADGE.replace("Reading Tide Tables", "Sailing Round the World")
ENGLISH = re.compile(r"\b(the|is|it|its|of|and|not|with|to)\b", re.IGNORECASE)
"""Words that hardly any English sentence does without, and that no other language here has."""


def calls() -> Iterator[ast.Call]:
    """Each place in the code that makes a sentence."""
    for path in (ROOT / "credentials").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Said":
                yield node


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def sentences(page: str) -> list[str]:
    """What stands behind each outcome."""
    (listed,) = re.findall(r'<ul class="checks">(.*?)</ul>', page, re.DOTALL)
    found = re.findall(r"<li[^>]*>(.*?)</li>", listed, re.DOTALL)
    return [html.unescape(strip_tags(item)).split(": ", 1)[1] for item in found]


@pytest.fixture
def internet(settings, monkeypatch) -> Internet:
    settings.VERIFIER_ASKS_OTHERS = True
    internet = Internet()
    internet.pages[DID_URL] = others.described(others.multikey_of(others.ED25519))
    monkeypatch.setattr(fetching, "fetch", internet)
    return internet


# What the code can say


def test_each_sentence_is_written_out_where_it_is_made_with_a_value_for_each_place():
    for call in calls():
        (template,) = call.args
        assert isinstance(template, ast.Constant), ast.unparse(call)
        names = {keyword.arg for keyword in call.keywords}
        assert names == (placeholders(template.value) if names else set()), template.value


@pytest.mark.parametrize("code", OTHERS)
def test_all_that_the_verifier_can_say_is_translated(code: str):
    catalog = polib.pofile(str(ROOT / "locale" / code / "LC_MESSAGES" / "django.po"))
    known = {entry.msgid: entry.msgstr for entry in catalog if not entry.msgctxt}
    templates = {call.args[0].value for call in calls()}

    assert len(templates) > 140
    for template in templates:
        text = known[template]
        assert placeholders(text) == placeholders(template), template
        assert not ENGLISH.search(re.sub(r"\{\w+\}", "", text)), text


# The sentences by themselves


def test_a_sentence_is_its_english_text():
    said = Said("It expired on {day}.", day=datetime.date(2026, 4, 2))

    assert said == "It expired on 02 April 2026."
    assert json.dumps([said]) == '["It expired on 02 April 2026."]'
    assert pickle.loads(pickle.dumps(said)).values == said.values


def test_a_sentence_in_a_sentence_is_translated_too_and_its_dates_are():
    said = Said(
        "“{name}”: {reason}",
        name="Maps {day}",
        reason=Said("It expired on {day}.", day=datetime.date(2026, 4, 2)),
    )

    with translation.override("de"):
        assert translated(said) == "„Maps {day}“: Er ist am 2. April 2026 abgelaufen."
    with translation.override("es"):
        assert translated(said) == "«Maps {day}»: Caducó el 2 de abril de 2026."


def test_what_somebody_wrote_stays_as_it_is():
    with translation.override("de"):
        assert translated("It has no end date.") == "It has no end date."


def test_what_stands_in_a_credential_is_never_taken_for_a_place():
    said = Said("There is no host {host}.", host="{0.__class__} {host}")

    with translation.override("de"):
        assert translated(said) == "Einen Host {0.__class__} {host} gibt es nicht."


# Pages


def asked(client, code: str = "de", **given: object) -> list[str]:
    page = client.post(reverse("credentials:verify"), given, headers={"accept-language": code}).text
    assert '<span lang="en">' not in page
    found = sentences(page)
    assert len(found) >= 1
    assert [text for text in found if ENGLISH.search(text)] == []
    return found


def stored(credential) -> str:
    credential.refresh_from_db()
    return bytes(credential.document).decode()


@pytest.mark.django_db
def test_a_valid_credential_is_said_to_be_so_in_german(client):
    (credential,) = issued()

    found = asked(client, text=stored(credential), recipient="other@mail.example")

    assert (
        "Die Signatur der ausstellenden Stelle passt zum Inhalt: Nichts wurde verändert." in found
    )
    assert "Er wurde an eine andere E-Mail-Adresse vergeben." in found


@pytest.mark.django_db
@pytest.mark.parametrize("change", [actions.revoke, actions.suspend])
def test_a_revoked_or_suspended_one_is(client, change):
    (credential,) = issued()
    change(award=credential.award, by=UserFactory(), reason="Irrtum", at=TUESDAY)

    said = "widerrufen: Irrtum" if change is actions.revoke else "vorläufig ausgesetzt: Irrtum"
    assert any(text.endswith(said) for text in asked(client, text=stored(credential)))


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
@pytest.mark.parametrize(
    ("badge", "known", "is_doubted"),
    [
        (others.signed(others.unsigned(validUntil="2025-04-02T00:00:00Z")), {others.DID}, False),
        (others.signed(), set(), True),
        (json.loads(FORGED), {others.DID}, True),
    ],
)
def test_only_what_no_known_issuer_has_signed_is_what_somebody_wrote(
    client, settings, badge, known, is_doubted
):
    settings.KNOWN_ISSUERS = frozenset(known)

    page = client.post(reverse("credentials:verify"), {"text": json.dumps(badge)}).text

    assert ("What it says above is only what somebody wrote into it." in page) == is_doubted


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"validUntil": "2025-04-02T00:00:00Z"}, "Er ist am 2. April 2025 abgelaufen."),
        ({"validFrom": "2999-04-02T10:00:00Z"}, "Er ist erst ab 2. April 2999 10:00 UTC gültig."),
    ],
)
def test_one_that_is_not_valid_now_is(client, settings, values, said):
    settings.KNOWN_ISSUERS = frozenset({others.DID})

    assert said in asked(client, text=json.dumps(others.signed(others.unsigned(**values))))


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
def test_a_changed_one_is(client):
    assert any("nach dem Signieren verändert" in text for text in asked(client, text=FORGED))


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
def test_one_whose_issuer_is_not_known_is(client):
    assert any("bürgt für den Schlüssel" in text for text in asked(client, text=BADGE))


@pytest.mark.django_db
def test_one_whose_issuer_cannot_be_reached_is(client, internet):
    del internet.pages[DID_URL]

    found = asked(client, text=BADGE)

    assert any(text.endswith("Einen Host issuer.example gibt es nicht.") for text in found)


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Hello", "Es ist kein JSON: Was in Zeile 1, Spalte 1 beginnt, lässt sich nicht lesen."),
        ('{"a": 1, "a": 2}', "Es ist kein JSON: Ein Name steht zweimal in einem Objekt."),
        ("9" * 5_000, "Es ist kein JSON: Eine Zahl darin hat zu viele Ziffern."),
        ("[" * 100_000, "Es ist kein JSON: Es ist zu tief verschachtelt."),
        ("ey.ey.x", "Es sieht aus wie ein JWT, ist aber keines."),
        (json.dumps({"@context": []}), "Es ist kein prüfbarer Nachweis"),
        (json.dumps(others.unsigned(id=None)), "Es ist kein wohlgeformtes Open Badge: id fehlt."),
    ],
)
def test_what_cannot_be_read_is(client, given, said):
    assert asked(client, text=given)[0].startswith(said)


@pytest.mark.django_db
def test_a_picture_without_a_credential_is(client, tmp_path):
    path = tmp_path / "badge.png"
    path.write_bytes(baking.PNG_SIGNATURE)

    with path.open("rb") as file:
        assert asked(client, file=file)[0] == "Das PNG-Bild enthält keinen Nachweis."


@pytest.mark.django_db
@pytest.mark.usefixtures("internet")
def test_an_address_that_does_not_answer_is(client):
    assert asked(client, address="https://issuer.example/none")[0] == (
        "Was an der Adresse liegt, war nicht zu bekommen. Einen Host issuer.example gibt es nicht."
    )


@pytest.mark.django_db
def test_a_spanish_page_is_spanish(client):
    (credential,) = issued()

    assert "El emisor no la ha revocado." in asked(client, code="es", text=stored(credential))


@pytest.mark.django_db
def test_a_learner_reads_in_german_why_a_badge_is_refused():
    with translation.override("de"), pytest.raises(badges.BadgeRefused, match="Es ist kein JSON"):
        badges.read("Hello", learner=UserFactory())
