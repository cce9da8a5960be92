"""Whether an award can be renewed by its rule now, and what counts towards that."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from catalog.judging import Evidence
from catalog.models import Renewal
from credentials.evidence import Row, Standing
from credentials.rulebook import Rule
from credentials.terms import RENEWAL_OPENS


def is_due(latest: Row | None, rule: Rule, *, at: datetime.datetime) -> bool:
    """Of the last award of an achievement and the rule in force. It may have expired."""
    return (
        latest is not None
        and latest.ended_at is None
        and latest.until is not None
        and latest.until - RENEWAL_OPENS <= at
        and rule.is_renewable
    )


def evidence_since(
    latest: Row,
    rule: Rule,
    standing: Standing,
    *,
    at: datetime.datetime,
    without: Collection[int] = (),
) -> Evidence:
    """What counts towards the renewal of this award; ``without`` leaves out awards, by pk."""
    return standing.evidence(
        at=at,
        equivalents=not rule.is_of_a_course,
        without=without,
        renewing=latest,
        or_unchanged=rule.renewal == Renewal.DELTA,
    )
