"""When a credential is valid (VC Data Model 2.0 §4.9, 1.1 §4.6)."""

from __future__ import annotations

import datetime
from typing import Any

from credentials.vc import pinned
from credentials.vc.forms import data_model, valid_from
from credentials.vc.reports import Check, Outcome, Stop, Verdict

LEEWAY = datetime.timedelta(minutes=1)
"""How far the issuer's clock may be ahead of ours: a credential is often checked at once."""


def check_dates(document: dict[str, Any], at: datetime.datetime) -> Check:
    """Raises ``Stop``."""
    starts, ends = period(document)
    if starts and at + LEEWAY < starts:
        raise Stop(
            Verdict.NOT_YET_VALID, "dates", f"It is not valid before {starts:%d %B %Y, %H:%M} UTC."
        )
    if ends and ends < at:
        raise Stop(Verdict.EXPIRED, "dates", f"It expired on {ends:%d %B %Y}.")
    since = f" It is valid since {starts:%d %B %Y}." if starts else ""
    until = f" It stays valid until {ends:%d %B %Y}." if ends else " It has no end date."
    return Check("dates", Outcome.PASSED, (since + until).strip())


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
            Verdict.INVALID, "dates", "One of its dates is not a date with time and time zone."
        ) from error
