"""How often a credential's page was opened by others: counted by day, told to its holder alone."""

from __future__ import annotations

import datetime
import logging
import re
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.db.models import F, Q, Sum
from django.http import HttpRequest

from credentials.models import Credential, ViewCount

logger = logging.getLogger(__name__)

LATELY = datetime.timedelta(days=30)
_PROGRAMS = re.compile(r"bot|crawl|spider|slurp|preview|externalhit|monitor", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    ever: int
    lately: int
    """In the last 30 days."""


def is_by_a_person(request: HttpRequest) -> bool:
    """Programs that list pages or make previews of links say so, and so do browsers that only
    fetch ahead (Speculative loading, ``Sec-Purpose``)."""
    return (
        request.method == "GET"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
        and not _PROGRAMS.search(request.headers.get("User-Agent", ""))
    )


def count(credential: Credential, *, on: datetime.date) -> None:
    """One more. A page is shown even when this cannot be written."""
    row = ViewCount.objects.filter(credential=credential, day=on)
    try:
        with transaction.atomic():
            if not row.update(count=F("count") + 1):
                # Of two who are the first of a day, one makes the row, and both count.
                first = ViewCount(credential=credential, day=on)
                ViewCount.objects.bulk_create([first], ignore_conflicts=True)
                row.update(count=F("count") + 1)
    except DatabaseError:
        logger.warning("a view of credential %s was not counted", credential.pk)


def seen(credential: Credential, *, on: datetime.date) -> Seen:
    found = ViewCount.objects.filter(credential=credential).aggregate(
        ever=Sum("count", default=0),
        lately=Sum("count", filter=Q(day__gt=on - LATELY), default=0),
    )
    return Seen(**found)
