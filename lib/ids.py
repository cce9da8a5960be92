"""Primary keys for rows that are to be written, where others must name them first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache

from django.db import connection, models
from django.db.models import Max

from lib.prepared import Statement, session_of_thread

AHEAD = 200
"""So many are fetched at a time; those that are not used are lost with the connection."""


def following(model: type[models.Model]) -> Iterator[int]:
    """One after the other, and nobody else gets them.

    Take them in the transaction that writes the rows, and write those before others are taken.
    """
    if connection.vendor != "postgresql":
        # SQLite has one writer at a time.
        last = model._base_manager.aggregate(Max("pk"))["pk__max"] or 0
        yield from itertools.count(last + 1)
    ready = session_of_thread().reserved[model._meta.db_table]
    while True:
        if not ready:
            # A sequence never goes back, whatever becomes of this transaction.
            ready.extend(pk for (pk,) in _next(model).rows(AHEAD))
        yield ready.popleft()


@cache
def _next(model: type[models.Model]) -> Statement:
    assert model._meta.pk is not None
    return Statement(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, $1)",
        [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column],
    )
