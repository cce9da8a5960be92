"""Rules about a row's change that a CHECK cannot say, kept by the database as triggers.

A CHECK sees one state of a row; "this never changes once published" compares two. Each app
declares its guards and installs them after every migration, because SQLite drops a table's
triggers when Django rebuilds the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Refuse ``on`` of a row of ``table`` where ``forbidden`` (SQL over OLD and NEW) is true.

    ``forbidden`` must be SQL that both PostgreSQL and SQLite read. The refusal reaches Python as
    ``django.db.IntegrityError`` with ``name`` in its text.

    A guard that looks at other rows must see those of transactions that are not committed yet. Who
    writes such rows ``holds`` one that they have in common (a table and a condition on it) until
    the transaction ends, so that the next one waits. SQLite has one writer at a time.
    """

    name: str
    table: str
    on: Literal["INSERT", "UPDATE", "DELETE"]
    forbidden: str
    holds: str = ""


def install(connection: BaseDatabaseWrapper, guards: Sequence[Guard]) -> None:
    """Make these guards as they are written here, whatever stood there before."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for guard in guards:
            # While an app is migrated backwards its tables may be gone already.
            if guard.table in existing:
                for statement in _statements(connection.vendor, guard):
                    cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, guards: Sequence[Guard]) -> None:
    """Take the guards away, for emptying a database; migrating installs them again."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for guard in guards:
            if guard.table in existing:
                on_table = "" if connection.vendor == "sqlite" else f' ON "{guard.table}"'
                cursor.execute(f'DROP TRIGGER IF EXISTS "{guard.name}"{on_table}')


def keep(app: AppConfig, guards: Sequence[Guard]) -> None:
    """Install these guards after every migration; on SQLite, take them away before it.

    SQLite rebuilds a table to change it, and refuses to rename one that a trigger of another
    table speaks of.
    """

    def before(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
        if plan and connections[using].vendor == "sqlite":
            remove(connections[using], guards)

    def after(*, using: str, **kwargs: Any) -> None:
        install(connections[using], guards)

    pre_migrate.connect(before, sender=app, weak=False)
    post_migrate.connect(after, sender=app, weak=False)


def _statements(vendor: str, guard: Guard) -> list[str]:
    if vendor == "sqlite":
        return [
            f'DROP TRIGGER IF EXISTS "{guard.name}"',
            f'CREATE TRIGGER "{guard.name}" BEFORE {guard.on} ON "{guard.table}" '
            f"WHEN {guard.forbidden} "
            f"BEGIN SELECT RAISE(ABORT, '{guard.name}'); END",
        ]
    returned = "OLD" if guard.on == "DELETE" else "NEW"
    hold = f"PERFORM 1 FROM {guard.holds} FOR NO KEY UPDATE; " if guard.holds else ""
    return [
        f'CREATE OR REPLACE FUNCTION "{guard.name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$$ BEGIN {hold}IF {guard.forbidden} THEN "
        f"RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {returned}; END $$",
        f'DROP TRIGGER IF EXISTS "{guard.name}" ON "{guard.table}"',
        f'CREATE TRIGGER "{guard.name}" BEFORE {guard.on} ON "{guard.table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{guard.name}"()',
    ]
