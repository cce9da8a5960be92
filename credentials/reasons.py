"""Reasons that the platform gives itself, and that rows and the journal of revocations keep.

They are kept as English text, as a person's reasons are kept as written: rows say why by
themselves, whatever becomes of the code. A page finds the sentence in the text again.
"""

from __future__ import annotations

import re
from functools import cache

from credentials.saying import translated
from credentials.vc.canonical import MIXED
from credentials.vc.said import Said

RESTED_ON = Said("It rested on “{name}”, which was revoked: {reason}")
RESTS_ON_CHANGED = Said("What it rests on was changed: {reason}")
GRADE_CORRECTED = Said("Its grade was corrected. A new credential takes its place.")
KEY_NOT_TRUSTED = Said("Its signing key is no longer trusted. A new credential takes its place.")
NOTHING_VALID = Said("None of its credentials is valid any more.")
TOO_LARGE = Said("It is too large to be verified. Choose fewer credentials.")
"""The last two, and ``MIXED``, are why a transcript cannot be signed."""
OURS = (
    *(RESTED_ON, RESTS_ON_CHANGED, GRADE_CORRECTED, KEY_NOT_TRUSTED),
    *(NOTHING_VALID, TOO_LARGE, MIXED),
)
"""Reworded, a sentence is no longer found in rows from before: they stay English."""


def recall(text: str) -> str:
    """One of our sentences, if the text is one; else as somebody wrote it."""
    for sentence in OURS:
        if found := _pattern(sentence.template).fullmatch(text):
            return sentence.anew(**found.groupdict())
    return text


def in_words(text: str) -> str:
    """In the reader's language, if the reason is ours."""
    return translated(recall(text))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    # Shortest first: a typed reason may have our own words in it.
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*?)", re.escape(template)), re.DOTALL)
