"""Text from outside, made fit to be stored, printed and signed."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _


def clean_name(value: str) -> str:
    """``value`` in NFC with single spaces; refused with a ``ValueError`` that says what to change.

    Control characters and noncharacters cannot be canonicalized the same way by every verifier,
    and bidirectional overrides can make a printed name read as another one.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split())
    for character in text:
        category = unicodedata.category(character)
        is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
        if (
            category in {"Cc", "Cs", "Co"}
            or is_noncharacter
            or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        ):
            raise ValueError(
                _("Remove the character %(character)s: it cannot be printed in a name.")
                % {"character": f"U+{ord(character):04X}"}
            )
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise ValueError(_("Enter a name with at least one letter."))
    return text


def clean_text(value: str, *, lines: bool = False) -> str:
    """``value`` in NFC and without space around it; ``lines`` keeps line ends, as ``\\n``.

    Refused with a ``ValueError`` that names the character: what has no one canonical form cannot
    be signed, and a bidirectional override can make a text read as another one.
    """
    text = unicodedata.normalize("NFC", value).strip()
    if lines:
        text = text.replace("\r\n", "\n").replace("\t", "    ")
    for number, line in enumerate(text.split("\n") if lines else [text], 1):
        # Printable is the common case, and one call that answers for the whole line.
        for character in () if line.isprintable() else line:
            if _is_unfit(character):
                raise ValueError(_unfit(character, line=number))
    return text


def _unfit(character: str, *, line: int) -> str:
    values = {"character": f"U+{ord(character):04X}", "line": line}
    if line > 1:
        return _("remove the character %(character)s in line %(line)s") % values
    return _("remove the character %(character)s") % values


def _is_unfit(character: str) -> bool:
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"}
        or is_noncharacter
        or "\u202a" <= character <= "\u202e"
    )


def clean_block(value: str) -> str:
    """``value`` in NFC with plain newlines and without tabs: as browsers and files never send it.

    What else cannot be signed stays, so that signing refuses it with a reason.
    """
    text = unicodedata.normalize("NFC", value)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
