"""What a course costs, over the runs that can be joined."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Course


@dataclass(frozen=True)
class Price:
    """The lowest, and whether another run costs more. An amount of 0 is free."""

    amount: Decimal
    currency: str
    is_lowest_of_several: bool


def of(course: Course, *, day: datetime.date) -> Price | None:
    """``None`` when no run that is open says its price. The runs are best prefetched."""
    told = {
        (run.price, run.currency if run.price else "")
        for run in course.runs.all()
        if run.price is not None and run.is_open_on(day)
    }
    if not told or not course.is_published:
        return None
    amount, currency = min(told)
    return Price(amount, currency, is_lowest_of_several=len(told) > 1)
