"""Millions of rows into PostgreSQL in a minute: arrays that are the very bytes COPY takes."""

from __future__ import annotations

import datetime
import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

Array = NDArray[Any]

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
PIECE = 250_000
EPOCH_2000 = 946_684_800_000_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def store(model: type[models.Model], **columns: Array) -> None:
    """Rows of a model by its fields' names: moments in microseconds, decimals in hundredths.

    What is not given has the field's default. A column is never partly empty: store the rows that
    have none apart.
    """
    count = len(next(iter(columns.values())))
    fields = [field for field in model._meta.local_concrete_fields if field.name != "id"]
    if "id" in columns:
        fields.insert(0, model._meta.pk)
    parts = {field.column: _bytes_of(field, columns.get(field.name)) for field in fields}
    names = ", ".join(f'"{name}"' for name in parts)
    with connection.cursor() as cursor:
        for start in range(0, count, PIECE):
            size = min(PIECE, count - start)
            lines = _lines(parts, slice(start, start + size), size)
            file = io.BytesIO(SIGNATURE + lines.tobytes() + b"\xff\xff")
            cursor.copy_expert(
                f"COPY {model._meta.db_table} ({names}) FROM STDIN (FORMAT binary)", file
            )


def _bytes_of(field: Any, values: Array | None) -> Array | bytes | None:
    """As PostgreSQL has them in binary: of each row, or the same for all."""
    kind = field.target_field if field.is_relation else field
    if isinstance(kind, models.UUIDField) and values is None:
        return np.zeros(0)
    if values is None:
        default = field.get_default()
        if callable(default) or default is None:
            return None
        if isinstance(default, bool):
            return struct.pack("?", default)
        if isinstance(default, int):
            return struct.pack(
                ">h" if isinstance(kind, models.SmallIntegerField) else ">i", default
            )
        return str(default).encode()
    if isinstance(kind, models.DateTimeField):
        return (values - EPOCH_2000).astype(">i8")
    if isinstance(kind, models.DecimalField):
        return _numeric(values)
    if isinstance(kind, models.CharField | models.TextField):
        return values.astype("S")
    if isinstance(kind, models.BooleanField):
        return values.astype("?")
    if isinstance(kind, models.BigIntegerField | models.BigAutoField):
        return values.astype(">i8")
    return values.astype(">i4")


def _numeric(hundredths: Array) -> Array:
    """Two digits to the base of 10,000: one before the point and one after it."""
    made = np.zeros(
        len(hundredths),
        dtype=[(name, ">i2") for name in ("digits", "weight", "sign", "scale", "whole", "rest")],
    )
    made["digits"], made["scale"] = 2, 2
    made["whole"], made["rest"] = hundredths // 100, hundredths % 100 * 100
    return made


def _lines(parts: dict[str, Any], which: slice, size: int) -> Array:
    layout: list[tuple[str, Any]] = [("columns", ">i2")]
    for name, values in parts.items():
        layout.append((f"length of {name}", ">i4"))
        if isinstance(values, bytes) and values:
            layout.append((name, f"S{len(values)}"))
        elif isinstance(values, np.ndarray):
            layout.append((name, values.dtype if len(values) else "V16"))
    lines = np.zeros(size, dtype=layout)
    lines["columns"] = len(parts)
    for name, values in parts.items():
        if values is None:
            lines[f"length of {name}"] = -1
        elif isinstance(values, bytes):
            lines[f"length of {name}"] = len(values)
            if values:
                lines[name] = values
        else:
            lines[f"length of {name}"] = lines.dtype[name].itemsize
            lines[name] = values[which] if len(values) else _uuids(size)
    return lines


_draw = np.random.default_rng(20260303)


def _uuids(size: int) -> Array:
    found: Array = np.frombuffer(_draw.bytes(16 * size), dtype="V16")
    return found


@contextmanager
def without_indexes(*tables: type[models.Model]) -> Iterator[None]:
    """Indexes are made once, when all rows are there; triggers and references are not asked."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
            [names],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname"
            " NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))",
            [names],
        )
        indexes = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("RESET maintenance_work_mem")
        for name in names:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            )
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(names)}")
