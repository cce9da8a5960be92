"""Calendar months before and after a moment."""

from __future__ import annotations

import datetime


def months_before(moment: datetime.datetime, months: int) -> datetime.datetime:
    """The same day of the month, ``months`` earlier; the month's last day where there is none."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    if year < 1:
        return datetime.datetime.min.replace(tzinfo=moment.tzinfo)
    return _on_day(moment, year, month + 1)


def months_after(moment: datetime.datetime, months: int) -> datetime.datetime:
    """The same day of the month, ``months`` later; the month's last day where there is none."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return _on_day(moment, year, month + 1)


def _on_day(moment: datetime.datetime, year: int, month: int) -> datetime.datetime:
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month)
