"""Text as it is compared: lower case, without accents, words parted by single spaces."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The words of ``text``; signs that belong to words, as in ".NET", "C++" and "C#", stay."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # The marks of Latin, Greek and Cyrillic only: in other scripts they are letters.
    kept = "".join(one for one in decomposed if not "\u0300" <= one <= "\u036f")
    plain = unicodedata.normalize("NFC", kept)
    words = "".join(one if _is_part_of_a_word(one) else " " for one in plain).split()
    return " ".join(word.rstrip(".") for word in words if word.strip(".+#"))


def _is_part_of_a_word(character: str) -> bool:
    return character in ".+#" or unicodedata.category(character)[0] in "LNM"
