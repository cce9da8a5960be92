"""Text that every verifier canonicalizes to the same bytes."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from credentials.vc.said import Explained, Said

MAX_INTEGER = 2**53 - 1
"""Beyond this JavaScript's verifiers read another number (RFC 8259 §6)."""


class UncleanText(Explained, ValueError):
    """A text cannot be signed; the message names the place and says what to change."""


_WHOLE = Said("the document")


def check(value: Any, *, place: str = _WHOLE) -> None:
    """Refuse text that verifiers disagree about, anywhere in a JSON value.

    Control characters other than newline are escaped differently by different libraries,
    noncharacters are dropped by some, and text that is not in NFC compares unequal to itself.
    """
    if isinstance(value, str):
        _check_text(value, place=place)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, place=place, is_name=True)
            check(item, place=key)
    elif isinstance(value, list):
        for item in value:
            check(item, place=place)
    elif isinstance(value, float) and not is_written_alike(value):
        raise UncleanText(
            Said("Write the number in {place} with fewer decimals, or as text.", place=place)
        )
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise UncleanText(
            Said("Write the number in {place} as a whole number or as text.", place=place)
        )


def is_written_alike(number: float) -> bool:
    """Whether all implementations write the number with the same digits.

    JSON-LD 1.1 API (§8.6) wants sixteen digits, and some libraries write the fewest that mean the
    same number: 0.2 both ways, but 5.600000000000001E-1 and 5.6E-1. A float that is a whole number
    is 2 to some and 2.0 to others.
    """
    return (
        math.isfinite(number)
        and not number.is_integer()
        and Decimal(f"{number:.15E}") == Decimal(repr(number))
    )


_NONCHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_UNFIT = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")


def _check_text(text: str, *, place: str, is_name: bool = False) -> None:
    if found := _UNFIT.search(text):
        character = f"U+{ord(found[0]):04X}"
        raise UncleanText(
            Said(
                "Remove the character {character} from {place}.",
                character=character,
                place=_called(place, is_name=is_name),
            )
        )
    if not unicodedata.is_normalized("NFC", text):
        raise UncleanText(
            Said(
                "Write {place} in Unicode normalization form NFC.",
                place=_called(place, is_name=is_name),
            )
        )


def _called(place: str, *, is_name: bool) -> str:
    shown = place if isinstance(place, Said) else place[:80]
    return Said("a name in {place}", place=shown) if is_name else shown
