"""The picture of an achievement and the card of a credential: drawn by our templates, then PNG."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.models import Achievement, AchievementVersion
from catalog.models.publishing import Field
from credentials.models import Credential
from lib.lru import Lru

FONTS = Path(__file__).parent / "fonts"
COLORS = {
    Field.AI: "#5b3f8f",
    Field.DATA: "#1d5a8c",
    Field.SOFTWARE: "#0d5f5b",
    Field.CLOUD: "#2b5f75",
    Field.SECURITY: "#8a2f3b",
    Field.FINANCE: "#6b5410",
    Field.LEADERSHIP: "#7a3f6a",
    Field.SUSTAINABILITY: "#2f6630",
    Field.OTHER: "#4a5456",
}
"""Each dark enough for white words on it (7:1 and more)."""
STONES = {
    Achievement.Kind.CERTIFICATE_OF_COMPLETION: 1,
    Achievement.Kind.MICRO_CREDENTIAL: 2,
    Achievement.Kind.CERTIFICATE: 3,
    Achievement.Kind.CERTIFICATION: 4,
    Achievement.Kind.DIPLOMA: 4,
}
"""The more it takes, the higher the cairn."""

LEAD = 1.2
"""From one line to the next, in units of their size."""

_badges: Lru[tuple[str, bytes]] = Lru(500)
_cards: Lru[bytes] = Lru(100)


@dataclass(frozen=True)
class Line:
    """A line of text, and where its baseline is."""

    text: str
    # As text: a template would write a number as its language does, and SVG has but one way.
    y: str


def badge(version: AchievementVersion) -> tuple[str, bytes]:
    """As SVG and as PNG, drawn once for each version and spelling of who awards it.

    ``version`` needs its achievement with course, track and awarding body loaded.
    """
    achievement = version.achievement
    organization = achievement.awarding_body.name
    field = (achievement.course or achievement.track or version).field
    key = version.pk, version.name, organization, field
    drawn = _badges.get(key)
    if drawn is None:
        # In the language of what was learnt: the picture is the same for whoever looks.
        with translation.override(version.language):
            svg = _badge_svg(version, organization, field)
        drawn = svg, _png(svg)
        _badges.put(key, drawn)
    return drawn


def _badge_svg(version: AchievementVersion, organization: str, field: str) -> str:
    size, lines = _fit(version.name, width=400, sizes=(38, 33, 29, 25), most=4)
    bottom = 326 + size * LEAD * (len(lines) / 2 - 0.25)
    return render_to_string(
        "credentials/badge.svg",
        {
            "name": version.name,
            "kind": _shortened(version.achievement.get_kind_display(), 34),
            "organization": _shortened(organization, 40),
            "level": _("EQF level %(level)s") % {"level": version.eqf_level}
            if version.eqf_level
            else "",
            "color": COLORS.get(Field(field), COLORS[Field.OTHER]),
            "stones": STONES.get(Achievement.Kind(version.achievement.kind), 2),
            "size": size,
            "lines": _set(lines, bottom=bottom, size=size),
        },
    )


def card(credential: Credential) -> bytes:
    """What a shared link shows, 1200 × 630. Needs what ``with_page_relations`` loads."""
    version = credential.award.version
    organization = credential.award.achievement.awarding_body.name
    key = credential.pk, credential.recipient_name, version.name, organization
    drawn = _cards.get(key)
    if drawn is None:
        version.achievement = credential.award.achievement
        svg, _badge = badge(version)
        with translation.override(version.language):
            drawn = _png(_card_svg(credential, organization, svg))
        _cards.put(key, drawn)
    return drawn


def _card_svg(credential: Credential, organization: str, badge_svg: str) -> str:
    name_size, names = _fit(credential.recipient_name, width=600, sizes=(60, 50, 42), most=2)
    size, lines = _fit(credential.award.version.name, width=600, sizes=(42, 36, 30), most=3)
    return render_to_string(
        "credentials/card.svg",
        {
            "badge": badge_svg,
            "name_size": name_size,
            "names": _set(names, bottom=260, size=name_size),
            "size": size,
            "lines": _set(lines, bottom=318 + size * LEAD * len(lines), size=size),
            "earned": _("has earned"),
            "organization": _shortened(organization, 40),
        },
    )


def _png(svg: str) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        # Of two that have a character, the first is taken: the regular ones first.
        font_files=sorted(map(str, FONTS.glob("*.?tf")), reverse=True),
        font_family="Noto Sans",
    )


def _set(lines: list[str], *, bottom: float, size: float) -> list[Line]:
    """The lines one above the other, the last with its baseline at ``bottom``."""
    last = len(lines) - 1
    return [Line(text, f"{bottom - (last - n) * size * LEAD:.1f}") for n, text in enumerate(lines)]


def _fit(text: str, *, width: float, sizes: tuple[int, ...], most: int) -> tuple[int, list[str]]:
    """The largest size at which the text takes at most ``most`` lines; cut at the smallest."""
    for size in sizes:
        lines = _wrapped(text, width / size)
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], lines[most - 1][:-1].rstrip() + "…"]


def _wrapped(text: str, ems: float) -> list[str]:
    lines = [""]
    for word in _words(text, ems):
        candidate = f"{lines[-1]} {word}".strip() if lines[-1] else word
        if _ems(candidate) <= ems or not lines[-1]:
            lines[-1] = candidate
        else:
            lines.append(word)
    return lines


def _words(text: str, ems: float) -> list[str]:
    """What may stand on a line of its own: words, and of longer ones pieces."""
    words = []
    for word in text.split():
        piece = ""
        for character in word:
            if piece and _ems(piece + character) > ems:
                words.append(piece)
                piece = ""
            piece += character
        words.append(piece)
    return words


def _ems(text: str) -> float:
    """About how wide the text is, in units of its size."""
    return sum(_em(character) for character in text)


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1
    return 0.68 if character.isupper() else 0.56


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
