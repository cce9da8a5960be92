"""Many rows into one table, at the cost of little more than what the database takes for them.

Django makes an object of every row and an expression of every value, which takes longer than
signing what is in it. Here rows are plain values.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.db import connection, models

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
        return
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, columns))
    if unless_there:
        # One text for each column: thousands of values take the database long to read as SQL.
        kinds = [model._meta.get_field(column).db_type(connection) for column in columns]
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608  # names of a model
                " ON CONFLICT DO NOTHING",
                [f"{{{','.join(map(_element, column))}}}" for column in zip(*rows, strict=True)],
            )
        return
    lines = ["\t".join(map(_written, row)) for row in rows]
    lines.append("")
    # PostgreSQL's own way for many rows takes half the time of an INSERT.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(
            f"COPY {table} ({names}) FROM STDIN", BytesIO("\n".join(lines).encode()), _CHUNK
        )


def _element(value: object) -> str:
    """As PostgreSQL reads it in the text of an array."""
    if value is None:
        return "NULL"
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
