"""The interface in other languages: complete, and what is compiled is what was written."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests.factories import published_course

ROOT = Path(settings.BASE_DIR)
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
WORDS = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)') %\}|_\("([^"]+)"\)""")
NOT_FOR_LEARNERS = ("admin", "api")


def catalog(code: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / code / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("code", OTHERS)
def test_everything_is_translated(code: str):
    entries = catalog(code)

    assert len(entries) > 400
    assert [entry.msgid for entry in entries if not entry.translated()] == []


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_compiled_is_what_was_written(code: str):
    written = {(entry.msgid, entry.msgstr) for entry in catalog(code)}
    compiled = polib.mofile(str(ROOT / "locale" / code / "LC_MESSAGES" / "django.mo"))

    assert {(entry.msgid, entry.msgstr) for entry in compiled} == written


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_a_page_is_known(code: str):
    known = {entry.msgid for entry in catalog(code)}
    for path in (ROOT / "templates").rglob("*.html"):
        if path.relative_to(ROOT / "templates").parts[0] in NOT_FOR_LEARNERS:
            continue
        for found in WORDS.finditer(path.read_text()):
            assert next(filter(None, found.groups())) in known, path


@pytest.mark.parametrize("code", OTHERS)
def test_placeholders_survive_translation(code: str):
    for entry in catalog(code):
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        for text in filter(None, texts):
            assert set(re.findall(r"%\(\w+\)s", text)) <= set(
                re.findall(r"%\(\w+\)s", entry.msgid + entry.msgid_plural)
            ), entry.msgid


@pytest.mark.django_db
def test_a_browser_gets_its_language_and_a_link_changes_it(client: Client):
    course = published_course(title="Maps", eqf_level=5)

    german = client.get(course.get_absolute_url(), headers={"accept-language": "de-AT,de;q=0.9"})
    assert '<html lang="de" dir="ltr">' in german.text
    assert "Was darin ist" in german.text
    assert "Accept-Language" in german["Vary"]

    here = "http://testserver/courses/?q=maps"
    answer = client.get("/language/es/", headers={"referer": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    assert '<html lang="es"' in client.get("/courses/").text
    assert client.get("/language/tlh/").status_code == 404
    elsewhere = client.get("/language/de/", headers={"referer": "https://evil.example/"})
    assert elsewhere["Location"] == "/"


def test_languages_that_are_read_from_the_right_turn_the_page(rf):
    from django.template.loader import render_to_string

    with translation.override("ar"):
        page = render_to_string("404.html", request=rf.get("/"))

    assert '<html lang="ar" dir="rtl">' in page


def test_the_admin_speaks_english(admin_client: Client):
    page = admin_client.get("/admin/", headers={"accept-language": "de"})

    assert '<html lang="en' in page.text
    assert "Sign out" in page.text or "Log out" in page.text
