"""Primary keys for rows that are to be written, where others must name them first."""

from __future__ import annotations

from functools import cache

from django.db import connection, models
from django.db.models import Max

from lib.prepared import Statement, session_of_thread

AHEAD = 50
"""So many are fetched at a time; those that are not used are lost with the connection."""


def reserve(model: type[models.Model], count: int) -> list[int]:
    """So many that nobody else gets. Call it in the transaction that writes the rows."""
    if not count:
        return []
    if connection.vendor != "postgresql":
        # SQLite has one writer at a time.
        last = model._base_manager.aggregate(Max("pk"))["pk__max"] or 0
        return list(range(last + 1, last + 1 + count))
    ready = session_of_thread().reserved[model._meta.db_table]
    if len(ready) < count:
        # A sequence never goes back, whatever becomes of this transaction.
        ready += [pk for (pk,) in _following(model).rows(max(count, AHEAD))]
    taken, ready[:] = ready[:count], ready[count:]
    return taken


@cache
def _following(model: type[models.Model]) -> Statement:
    assert model._meta.pk is not None
    return Statement(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, $1)",
        [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column],
    )
