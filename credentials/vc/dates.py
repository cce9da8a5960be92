"""When a credential is valid (VC Data Model 2.0 §4.9, 1.1 §4.6)."""

from __future__ import annotations

import datetime
from typing import Any

from credentials.vc import pinned
from credentials.vc.forms import data_model, valid_from
from credentials.vc.reports import Check, Outcome, Stop, Verdict
from credentials.vc.said import Said

LEEWAY = datetime.timedelta(minutes=1)
"""How far the issuer's clock may be ahead of ours: a credential is often checked at once."""


def check_dates(document: dict[str, Any], at: datetime.datetime) -> Check:
    """Raises ``Stop``."""
    starts, ends = period(document)
    if starts and at + LEEWAY < starts:
        words = Said("It is not valid before {moment} UTC.", moment=starts)
        raise Stop(Verdict.NOT_YET_VALID, "dates", words)
    if ends and ends < at:
        raise Stop(Verdict.EXPIRED, "dates", Said("It expired on {day}.", day=ends.date()))
    return Check("dates", Outcome.PASSED, _said_of(starts, ends))


def _said_of(starts: datetime.datetime | None, ends: datetime.datetime | None) -> Said:
    if starts and ends:
        return Said(
            "It is valid since {start}. It stays valid until {end}.",
            start=starts.date(),
            end=ends.date(),
        )
    if starts:
        return Said("It is valid since {start}. It has no end date.", start=starts.date())
    if ends:
        return Said("It stays valid until {end}.", end=ends.date())
    return Said("It has no end date.")


def period(document: dict[str, Any]) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """From when until when it is valid, by the names of its data model. Raises ``Stop``."""
    is_old = data_model(document) == pinned.CREDENTIALS_V1
    ends = "expirationDate" if is_old else "validUntil"
    return moment(valid_from(document)), moment(document.get(ends))


def moment(value: Any) -> datetime.datetime | None:
    """Raises ``Stop`` for what is no moment."""
    if value is None:
        return None
    try:
        read = datetime.datetime.fromisoformat(value)
        if read.tzinfo is None:
            raise ValueError("without a time zone")
        return read.astimezone(datetime.UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise Stop(
            Verdict.INVALID,
            "dates",
            Said("One of its dates is not a date with time and time zone."),
        ) from error
