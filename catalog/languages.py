"""Names of languages, for people who choose by them."""

from __future__ import annotations

from django.utils.translation import get_language_info


def name_of(tag: str) -> str:
    """The name of a BCP 47 tag in the reader's language; the tag itself when Django has none."""
    try:
        return str(get_language_info(tag.lower())["name_translated"])
    except KeyError:
        return tag
