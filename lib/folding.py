"""Text as it is compared: lower case, without accents, words parted by single spaces."""

from __future__ import annotations

import re
import unicodedata

# The marks of Latin, Greek and Cyrillic only: in other scripts they are letters.
_ACCENTS = re.compile("[\u0300-\u036f]+")


def without_accents(text: str) -> str:
    """``text`` in lower case, in NFC, each letter without its accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


def fold(text: str) -> str:
    """The words of ``text``; signs that belong to words, as in ".NET", "C++" and "C#", stay."""
    plain = without_accents(text)
    words = "".join(one if _is_part_of_a_word(one) else " " for one in plain).split()
    return " ".join(word.rstrip(".") for word in words if word.strip(".+#"))


def _is_part_of_a_word(character: str) -> bool:
    return character in ".+#" or unicodedata.category(character)[0] in "LNM"
