"""The page of a PDF whose making is not known: whether the names of the credential are on it."""

from __future__ import annotations

import unicodedata
from typing import Any

from credentials.vc.forms import subjects
from credentials.vc.pdf import Page
from credentials.vc.recipients import name_of
from credentials.vc.reports import Check, Outcome
from credentials.vc.said import Said


def check_names(document: dict[str, Any], page: Page) -> Check:
    """Never passes: a page may say a great deal more than two names."""
    shown = "".join(page.words.split())
    left_out = [name for name in _names(document) if not _is_on(shown, name)]
    if left_out:
        words = Said(
            "The page does not say “{name}”, as the credential in it does.", name=left_out[0][:200]
        )
        return Check("content", Outcome.FAILED, words)
    words = Said(
        "The page has the names of the credential in it; whether the rest of it is true was not "
        "compared. Trust what stands here."
    )
    return Check("content", Outcome.UNKNOWN, words)


def _is_on(shown: str, name: str) -> bool:
    """Whether a page, without its spaces, has the name, as far as that can be read back.

    A PDF says which shapes it draws, from left to right. So words that run from right to left come
    in another order, and letters that join others of their script come out twice or not in turn.
    """
    words = name.split()
    if any(unicodedata.category(letter) in {"Mn", "Mc"} for letter in name):
        return set("".join(words)) <= set(shown)
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in name):
        return all(word in shown for word in words)
    return "".join(words) in shown


def _names(document: dict[str, Any]) -> list[str]:
    """Who achieved what."""
    names = []
    for subject in subjects(document):
        match subject.get("achievement"):
            case {"name": str(name)}:
                names.append(name)
        if name := name_of(subject):
            names.append(name)
    return names
