"""Many rows into one table, at the cost of little more than what the database takes for them.

Django makes an object of every row and an expression of every value, which takes longer than
signing what is in it. Here rows are plain values.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

from django.db import connection, models

from lib.prepared import Statement

_TO_ESCAPE = re.compile(r"[\\\n\r\t]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CHUNK = 1 << 20


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    unless_there: bool = False,
) -> None:
    """Store these rows; ``unless_there``: but not those of which a unique value stands there.

    ``columns`` must name every field that may not be NULL, foreign keys with ``_id``. Constraints
    and guards hold as ever: ``IntegrityError``, and nothing is stored.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        made = [model(**dict(zip(columns, row, strict=True))) for row in rows]
        model._base_manager.bulk_create(made, ignore_conflicts=unless_there)
    elif unless_there or len(rows) < MANY:
        # One text for each column: thousands of values take the database long to read as SQL.
        _insertion(model, tuple(columns), unless_there).run(
            *(f"{{{','.join(map(_element, column))}}}" for column in zip(*rows, strict=True))
        )
    else:
        _copy(model, columns, rows)


MANY = 50
"""From so many rows on, PostgreSQL's own way takes half the time of an INSERT."""


@cache
def _insertion(
    model: type[models.Model], columns: tuple[str, ...], unless_there: bool
) -> Statement:
    fields = [model._meta.get_field(column) for column in columns]
    arrays = ", ".join(f"${n}::{field.db_type(connection)}[]" for n, field in enumerate(fields, 1))
    return Statement(
        f"INSERT INTO {_table(model)} ({_names(columns)}) SELECT * FROM unnest({arrays})"  # noqa: S608  # names of a model
        + (" ON CONFLICT DO NOTHING" if unless_there else "")
    )


def _copy(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    lines = ["\t".join(map(_written, row)) for row in rows]
    lines.append("")
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(
            f"COPY {_table(model)} ({_names(columns)}) FROM STDIN",
            BytesIO("\n".join(lines).encode()),
            _CHUNK,
        )


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, columns))


def _element(value: object) -> str:
    """As PostgreSQL reads it in the text of an array."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    text = value.isoformat() if isinstance(value, datetime.datetime) else str(value)
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _written(value: object) -> str:
    """As COPY reads it in its text format."""
    if type(value) is str:
        if _TO_ESCAPE.search(value):
            return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], value)
        return value
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)
