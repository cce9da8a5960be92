"""Grades: how they are rounded, and how they are said.

A grade is kept in percent with two places, rounded half up, once: 89.995 is 90.00, and an A;
89.994 is 89.99, and a B. What is said of it is read from the rounded grade.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalog.models import GradingScale

LETTERS = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F"))
"""Each letter from its least percent on."""


def percent(value: Decimal) -> Decimal:
    """Two places, half up: the rounding that people expect of a grade."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def letter(grade: Decimal) -> str:
    rounded = percent(grade)
    return next(letter for least, letter in LETTERS if rounded >= least)


def said(grade: Decimal, scale: str) -> str:
    """The grade of a completed course on the course's scale, in the reader's language."""
    if scale == GradingScale.PASS_FAIL:
        return _("Passed")
    if scale == GradingScale.LETTERS:
        return letter(grade)
    return f"{number_format(percent(grade).normalize())} %"
