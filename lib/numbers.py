"""Numbers as people write them in a language."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_SPACES = re.compile("[\\s\u00a0\u202f'’]")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*")
_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")


def read_number(text: str, *, decimal_mark: str) -> Decimal | None:
    """``text`` as a number of at most 15 digits, or ``None`` if it is none.

    The language's own ``decimal_mark`` parts off decimals. The other mark groups thousands where
    it stands as one would (1.000 in German), and else parts off decimals, too (3.5 in German).
    """
    plain = "".join(_digit(one) for one in unicodedata.normalize("NFKC", text).strip())
    sign = ""
    if plain[:1] in {"-", "−", "+"}:
        sign, plain = "-" if plain[0] != "+" else "", plain[1:]
    plain = _SPACES.sub("", plain)
    other = "," if decimal_mark == "." else "."
    whole, mark, decimals = plain.partition(decimal_mark)
    grouped = _GROUPED.fullmatch(whole)
    if grouped and grouped["mark"] == other:
        whole = whole.replace(other, "")
        plain = f"{whole}.{decimals}" if mark else whole
    elif mark:
        plain = f"{whole}.{decimals}" if other not in plain else ""
    elif plain.count(other) == 1:
        plain = plain.replace(other, ".")
    if sum(map(str.isdigit, plain)) > 15 or not _NUMBER.fullmatch(plain):
        return None
    return Decimal(sign + plain)


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
