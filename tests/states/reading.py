"""What a visitor reads on a page that cannot be meant, and where its links lead."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

SITE = "localhost:8000"
_UNSEEN = re.compile(r"<(script|style|template)\b.*?</\1>|<!--.*?-->", re.DOTALL)
# Sources and examples are quoted as they are.
_QUOTED = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL)
_INLINE = re.compile(r"</?(a|abbr|b|bdi|cite|em|i|mark|q|small|code|kbd|span|strong|time)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<(?:a|link|img|script|use|image)\b[^>]*?\s(?:href|src)="([^"]+)"')
_ENDLESS = "the|und|oder|los|hasta|con"
_WRONG = [
    # What Python or a template says of a value that is not there, or that has no words.
    re.compile(r"\b(None(?! available| of )|null|undefined|NaN|nan|True|False)\b"),
    re.compile(r"\{\{|\{%|%\(\w+\)|\{\w+\}|object \(|object at 0x|\[\]|\['|Decimal\(|datetime\."),
    re.compile(r"&(amp|lt|gt|quot|#\d+);"),
    # A word that is missing, or stands there twice.
    re.compile(r"\s[,.;:!?](?=\s|$)|[,;:]\s*[,;:]|\(\s*\)|“\s*”|„\s*“|«\s*»|\"\"|\.\.(?=\s|$)"),
    re.compile(rf"\b({_ENDLESS})\s*[.,;)](?=\s|$)"),
    # Not the articles that may stand beside a pronoun: "die Person, der der Nachweis gehört".
    re.compile(r"\b(?!(?:der|die|das)\b)([^\W\d]\w+) \1\b"),
]


def faults(page: str) -> Iterator[str]:
    """Each with the words around it."""
    seen = _QUOTED.sub(" ", _UNSEEN.sub(" ", page))
    text = html.unescape(_TAG.sub("\n", _INLINE.sub("", seen))).replace("\xa0", " ")
    for line in text.split("\n"):
        words = " ".join(line.split())
        for wrong in _WRONG:
            if found := wrong.search(words):
                yield words[max(found.start() - 60, 0) : found.end() + 60]


def links(page: str, path: str) -> set[str]:
    """Paths of this site that the page leads to, its pictures and styles among them."""
    found = set()
    for one in _LINK.findall(_UNSEEN.sub(" ", page)):
        address = urlsplit(urljoin(f"http://{SITE}{path}", html.unescape(one)))
        if address.netloc == SITE and address.scheme == "http":
            found.add(address._replace(scheme="", netloc="", fragment="").geturl())
    return found
