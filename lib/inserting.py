"""Rows that are made from rows, without passing through this process."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import QuerySet

MEMORY = "256MB"


@transaction.atomic
def insert_for_each(
    model: type[models.Model], column: str, values: QuerySet[Any, Any], **same: Any
) -> int:
    """Insert a row for each of ``values``, which go into ``column``; return how many were new.

    ``values`` is a query of one column, ``same`` are the columns that are alike in all rows. What
    would break a unique constraint is left out, so that repeating does no harm. One statement,
    whatever their number, on SQLite as on PostgreSQL.
    """
    try:
        sql, params = values.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return 0  # Django can tell without asking.
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in (column, *same)]
    into = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    alike = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields[1:], same.values(), strict=True)
    ]
    statement = (
        # Names of tables and columns, and a query that has its values beside it.
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({into})"  # noqa: S608
        f" SELECT made.*{', %s' * len(alike)} FROM ({sql}) AS made"
        # In the order of the indexes, those of what is referred to included: each of their pages is
        # needed once. A million rows take half the time.
        # WHERE, because SQLite would else read ON CONFLICT as a part of the SELECT.
        " WHERE true ORDER BY 1 ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # To tell a million values apart in memory, not in files: several times as fast.
            cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute(statement, [*alike, *params])
        made = int(cursor.rowcount)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem TO DEFAULT")
        return made
