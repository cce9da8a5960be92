"""How right an answer is: pure functions of a question and a response, as exact fractions.

=========  ========================================================================================
single     1 for the right choice
multiple   right choices ticked minus wrong ones ticked, over the number of right ones; at least 0
numeric    1 within the tolerance, its borders included
text       1 for an accepted text, compared by ``folded``
ordering   neighbors that follow each other as they should, over all pairs of neighbors
matching   right pairs, over all pairs
=========  ========================================================================================

Without partial credit only a whole 1 counts. A score is the mean over the questions that were
asked, in percent, rounded once (``grades.percent``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from catalog.models import Question
from enrollment.grades import percent

Kind = Question.Kind
Response = Any
"""Ids that are ticked (single, multiple); a number as text; a text; a place for each id
(ordering, from 1); the id of an option for each id (matching). Keys are text, as in JSON."""

_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-"}
    | {"‐": "-", "‑": "-", "−": "-"}
)


def credit(asked: dict[str, Any], response: Response, *, partial: bool) -> Fraction:
    """From 0 to 1. No response is 0, and so is every response to a question without an answer."""
    if response in (None, "", [], {}):
        return Fraction(0)
    earned = _earned(asked, response)
    return earned if partial or earned == 1 else Fraction(0)


def score(credits: Iterable[Fraction]) -> Decimal:
    """Percent; an attempt that asked nothing has 0."""
    listed = list(credits)
    if not listed:
        return Decimal(0)
    mean = sum(listed, Fraction(0)) * 100 / len(listed)
    return percent(Decimal(mean.numerator) / Decimal(mean.denominator))


def _earned(asked: dict[str, Any], response: Response) -> Fraction:
    match asked["kind"]:
        case Kind.SINGLE:
            return Fraction(set(response) == set(asked["right"]) and bool(asked["right"]))
        case Kind.MULTIPLE:
            return _ticked(set(asked["right"]), set(response))
        case Kind.NUMERIC:
            distance = abs(Decimal(response) - Decimal(asked["answer"]))
            return Fraction(distance <= Decimal(asked["tolerance"]))
        case Kind.TEXT:
            accepted = {folded(choice["text"]) for choice in asked["choices"]}
            return Fraction(folded(response) in accepted)
        case Kind.ORDERING:
            return _in_order([str(choice["id"]) for choice in asked["choices"]], response)
        case _:
            return _paired(asked["right"], response)


def _ticked(right: set[int], ticked: set[int]) -> Fraction:
    if not right:
        return Fraction(0)
    return max(Fraction(0), Fraction(len(ticked & right) - len(ticked - right), len(right)))


def _in_order(ids: list[str], places: dict[str, int]) -> Fraction:
    following = [
        one in places and other in places and places[other] == places[one] + 1
        for one, other in pairwise(ids)
    ]
    return Fraction(sum(following), len(following)) if following else Fraction(0)


def _paired(right: dict[str, int], chosen: dict[str, int]) -> Fraction:
    if not right:
        return Fraction(0)
    return Fraction(sum(chosen.get(left) == option for left, option in right.items()), len(right))


def folded(text: str) -> str:
    """Without what a keyboard, not a learner, decides: capitals, spaces, forms of signs.

    Accents are the learner's, and stay.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())
