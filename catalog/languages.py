"""Names of languages, for people who choose by them."""

from __future__ import annotations

from django.utils.translation import get_language_info


def name_of(tag: str) -> str:
    """The English name of a BCP 47 tag; the tag itself when Django knows no name for it."""
    try:
        return str(get_language_info(tag.lower())["name"])
    except KeyError:
        return tag
