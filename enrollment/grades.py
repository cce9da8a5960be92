"""Grades and how they are rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def percent(value: Decimal) -> Decimal:
    """Two places, half up: the rounding that people expect of a grade."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
