"""How long awards last, and when they can be renewed."""

from __future__ import annotations

import datetime

from catalog.judging import months_after
from credentials.rulebook import Rule

RENEWAL_OPENS = datetime.timedelta(days=180)
"""So long before an award expires it can be renewed."""


def expiry(rule: Rule, start: datetime.datetime) -> datetime.datetime | None:
    return months_after(start, rule.valid_months) if rule.valid_months else None
