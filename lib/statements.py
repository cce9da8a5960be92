"""One statement that is a transaction of its own, or a part of the one that is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction


def first_row(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Any:
    """The first row of its answer.

    A savepoint only where there is a transaction to save: alone, a statement needs none, and two
    round trips to the database are spared.
    """
    with (
        transaction.atomic() if connection.in_atomic_block else nullcontext(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
        return cursor.fetchone()
