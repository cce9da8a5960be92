"""From evidence to whether a rule is satisfied, and what that rests on."""

from __future__ import annotations

from catalog.judging.assigning import identity
from catalog.judging.facts import Evidence, Fact, Item, Kind, Support
from catalog.judging.meaning import (
    first_come,
    is_good_enough,
    is_worth_choosing,
    judge,
    leaves_of_sums,
    qualifying,
    satisfying,
    support,
)
from catalog.judging.months import months_after, months_before

__all__ = [
    "Evidence",
    "Fact",
    "Item",
    "Kind",
    "Support",
    "first_come",
    "identity",
    "is_good_enough",
    "is_worth_choosing",
    "judge",
    "leaves_of_sums",
    "months_after",
    "months_before",
    "qualifying",
    "satisfying",
    "support",
]
