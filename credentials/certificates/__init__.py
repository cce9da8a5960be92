"""The certificate of a credential as a PDF, made from nothing but what was signed.

It is the same bytes whenever it is made: so a verifier can make it again, and see whether the page
beside an attached credential still says what was signed.
"""

from __future__ import annotations

import datetime
import json
import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import segno
import typst
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Achievement
from credentials import addresses
from credentials.documents import EQF_PREFIX

FOLDER = Path(__file__).parent
FONTS = FOLDER.parent / "fonts"
TEMPLATE = "certificate-1.typ"
"""A new look is a new file, so that a PDF of the old one still has something to be held against."""
MOST_SKILLS = 12
QR_BORDER = 2
_DARK = re.compile(rb"\x01+")

# A world of the compiler answers one request at a time.
_lock = Lock()


def certificate(document: bytes, *, language: str) -> bytes:
    """Tagged PDF (PDF/UA-1 and PDF/A-3a) with the credential attached; one of our own documents."""
    said = json.loads(document)
    with translation.override(language):
        words = _words(said, language)
    inputs = {
        "said": json.dumps(words, ensure_ascii=False),
        "credential": document.decode(),
        "qr": _qr(words["verify_url"]),
    }
    signed_at = datetime.datetime.fromisoformat(said["validFrom"])
    with _lock:
        try:
            return _compiled(inputs, signed_at)
        except typst.TypstError:
            # The standards forbid boxes in place of letters. Try all that the system can write;
            # a name that nothing here can is better printed in boxes than not at all.
            try:
                return _compiled(inputs, signed_at, with_system_fonts=True)
            except typst.TypstError:
                return _compiled(inputs, signed_at, with_system_fonts=True, is_strict=False)


def _compiled(
    inputs: dict[str, str],
    at: datetime.datetime,
    *,
    with_system_fonts: bool = False,
    is_strict: bool = True,
) -> bytes:
    made = _world(with_system_fonts).compile(
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=["ua-1", "a-3a"] if is_strict else [],
        timestamp=at,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _world(with_system_fonts: bool) -> typst.Compiler:
    """Read once: what is warm takes milliseconds."""
    fonts = typst.Fonts(
        include_system_fonts=with_system_fonts,
        include_embedded_fonts=False,
        font_paths=[str(FONTS)],
    )
    return typst.Compiler(str(FOLDER / TEMPLATE), root=str(FOLDER), font_paths=fonts)


def _qr(url: str) -> str:
    # A mask that is given need not be searched for, which would take longer than the page.
    code = segno.make_qr(url, error="m", mask=2)
    # As ``svg_inline`` draws it, in a third of its time: rows of dark squares as lines.
    lines = "".join(
        f"M{dark.start() + QR_BORDER} {y}.5h{dark.end() - dark.start()}"
        for y, row in enumerate(code.matrix, QR_BORDER)
        for dark in _DARK.finditer(row)
    )
    size = len(code.matrix) + 2 * QR_BORDER
    return (
        f'<svg width="{size}" height="{size}"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path stroke="#000" d="{lines}"/></svg>'
    )


def _words(said: dict[str, Any], language: str) -> dict[str, Any]:
    subject = said["credentialSubject"]
    achievement = subject["achievement"]
    issuer = said["issuer"]["name"]
    recipient = _recipient(subject)
    skills = [
        alignment["targetName"]
        for alignment in achievement.get("alignment", [])
        if not alignment["targetUrl"].startswith(EQF_PREFIX)
    ]
    on = _date(said["validFrom"])
    return {
        "title": _("%(name)s, earned by %(recipient)s")
        % {"name": achievement["name"], "recipient": recipient},
        "description": _("A certificate that carries its signed credential."),
        "language": _spoken(language),
        "is_rtl": translation.get_language_info(language)["bidi"],
        "issuer": issuer,
        "kind": _kind(achievement.get("achievementType", "")),
        "achievement": achievement["name"],
        "achievement_language": _spoken(achievement.get("inLanguage", language)),
        "awarded_to": _("awarded to"),
        "recipient": recipient,
        "awarded_by": _("by %(issuer)s on %(date)s") % {"issuer": issuer, "date": on},
        "facts": _facts(said),
        "skills_label": _("Skills"),
        "skills": " · ".join(skills[:MOST_SKILLS]) + (" …" if len(skills) > MOST_SKILLS else ""),
        "how_to_verify": _("Scan the code, or give this file to a verifier:"),
        "verify_url": _verify_url(said["id"]),
        "id": said["id"],
        "qr_alt": _("QR code that leads to the verification of this credential"),
        "attachment": _("The signed credential (Open Badges 3.0)"),
    }


def _spoken(tag: str) -> str:
    """The language of a tag (BCP 47), as far as the page can be marked with it."""
    first = tag.split("-", maxsplit=1)[0].lower()
    return first if first.isascii() and first.isalpha() and len(first) in {2, 3} else "und"


def _verify_url(credential_id: str) -> str:
    number = credential_id.rsplit("/", 1)[-1]
    return addresses.absolute(f"{reverse('credentials:verify')}?address={quote(number, safe='')}")


def _recipient(subject: dict[str, Any]) -> str:
    names = [
        identity["identityHash"]
        for identity in subject.get("identifier", [])
        if identity["identityType"] == "name"
    ]
    return str(names[0]) if names else ""


def _kind(value: str) -> str:
    try:
        return str(Achievement.Kind(value).label)
    except ValueError:
        return value


def _facts(said: dict[str, Any]) -> list[tuple[str, str]]:
    subject = said["credentialSubject"]
    facts = []
    if until := said.get("validUntil"):
        facts.append((_("Valid until"), _date(until)))
    facts += [
        (_("Level"), f"EQF {alignment['targetUrl'].removeprefix(EQF_PREFIX)}")
        for alignment in subject["achievement"].get("alignment", [])
        if alignment["targetUrl"].startswith(EQF_PREFIX)
    ]
    for description in subject["achievement"].get("resultDescription", []):
        sign = " %" if description["resultType"] == "Percent" else ""
        facts += [
            (_("Grade"), result["value"] + sign)
            for result in subject.get("result", [])
            if result.get("resultDescription") == description["id"] and "value" in result
        ]
    return facts


def _date(value: str) -> str:
    moment = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    return date_format(moment.date(), "DATE_FORMAT")
