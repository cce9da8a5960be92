"""Statements that are put together and planned once, and asked with other values each time.

To put one together takes Django longer than it takes PostgreSQL to answer, and to plan it may take
PostgreSQL longer than that. On SQLite they are plain queries of Django.
"""

from __future__ import annotations

import datetime
import itertools
import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery
from django.dispatch import receiver


class Prepared:
    """``build`` makes a query for values (``values_list``) from the arguments of ``rows``.

    Those may be numbers, texts, moments, and lists of numbers for ``__in``. Of what kind they are
    is all that ``build`` may decide by. ``lock`` is what PostgreSQL has and Django has no word for.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *, lock: str = "") -> None:
        self._build = build
        self._lock = lock
        self._statement: Statement | None = None

    def rows(self, *arguments: Any) -> Sequence[tuple[Any, ...]]:
        if connection.vendor != "postgresql":
            return list(self._build(*arguments))
        if self._statement is None:
            sql, params = self._build(*_stand_ins(arguments)).query.sql_with_params()
            self._statement = _statement(f"{sql} {self._lock}", params, arguments)
        return self._statement.rows(*arguments)


class PreparedUpdate:
    """``build`` makes a query and the new values of its rows from the arguments of ``run``."""

    def __init__(self, build: Callable[..., tuple[QuerySet[Any], Mapping[str, Any]]]) -> None:
        self._build = build
        self._statement: Statement | None = None

    def run(self, *arguments: Any) -> None:
        if connection.vendor != "postgresql":
            found, values = self._build(*arguments)
            found.update(**values)
            return
        if self._statement is None:
            found, values = self._build(*_stand_ins(arguments))
            query = cast("UpdateQuery", found.order_by().query.chain(UpdateQuery))
            query.add_update_values(dict(values))
            sql, params = query.get_compiler(connection=connection).as_sql()
            self._statement = _statement(sql, params, arguments)
        self._statement.run(*arguments)


class Statement:
    """One in PostgreSQL's own words, with ``$1``, ``$2`` … for what differs.

    ``constants`` stand where it says ``%s``.
    """

    _numbers = itertools.count(1)

    def __init__(self, sql: str, constants: Sequence[Any] = ()) -> None:
        self._sql = sql
        self._constants = constants
        self._name = f"cairn_{next(self._numbers)}"

    def rows(self, *arguments: Any) -> Sequence[tuple[Any, ...]]:
        session = session_of_thread()
        cursor = session.execute(self._call(session, arguments))
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return found

    def run(self, *arguments: Any) -> None:
        """Within ``together``: at its end."""
        session = session_of_thread()
        call = self._call(session, arguments)
        if session.waiting is None:
            session.execute(call)
        else:
            session.waiting.append(call)

    def _call(self, session: Session, arguments: Sequence[Any]) -> str:
        write = session.cursor.mogrify
        first = ""
        if session.must_forget:
            session.must_forget = False
            session.planned.clear()
            first = "DEALLOCATE ALL; "
        now = time.monotonic()
        if now - session.planned.get(self._name, -math.inf) > PLAN_KEPT:
            if self._name in session.planned:
                first += f"DEALLOCATE {self._name}; "
            first += f"PREPARE {self._name} AS {write(self._sql, self._constants).decode()}; "
            session.planned[self._name] = now
        places = f"({', '.join(['%s'] * len(arguments))})" if arguments else ""
        call: str = write(f"EXECUTE {self._name} {places}", arguments or None).decode()
        return first + call


PLAN_KEPT = 1.0
"""Seconds: a plan is for tables as large as they were, and new ones grow quickly."""


@receiver(connection_created)
def _plan_once(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """One plan for all values. Else a plan is made each time, to see whether that is better."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")


class Session:
    """What one connection to the database knows. It goes on knowing it after a rollback."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database
        self.cursor = database.cursor()
        self.planned: dict[str, float] = {}
        """The statements by their names, and since when."""
        self.must_forget = False
        """Something went wrong: which of them the database knows is not certain."""
        self.waiting: list[str] | None = None
        self.reserved: defaultdict[str, deque[int]] = defaultdict(deque)
        """Primary keys for rows to come, by table (``lib.ids``)."""

    def execute(self, sql: str) -> Any:
        # Who looks at queries has a cursor that tells of them.
        is_watched = self._database.queries_logged
        cursor = self._database.cursor() if is_watched else self.cursor
        try:
            cursor.execute(sql)
        except BaseException:
            self.must_forget = True
            raise
        return cursor


class _Of(threading.local):
    connection: object = None
    session: Session


_of = _Of()


def session_of_thread() -> Session:
    """Of this thread's connection, for as long as that lives."""
    # Looked up once: ``django.db.connection`` does it for each attribute.
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    if _of.connection is not database.connection:
        _of.session = Session(database)
        _of.connection = database.connection
    return _of.session


@contextmanager
def together() -> Iterator[None]:
    """What is ``run`` within it goes to the database at its end, in order, and all at once."""
    if connection.vendor != "postgresql" or (session := session_of_thread()).waiting is not None:
        yield
        return
    calls: list[str] = []
    session.waiting = calls
    try:
        yield
    except BaseException:
        # What they would have prepared is not there.
        session.must_forget = True
        raise
    finally:
        session.waiting = None
    if calls:
        session.execute("; ".join(calls))


def _statement(sql: str, params: Sequence[Any], arguments: Sequence[Any]) -> Statement:
    """With places for the arguments where their stand-ins are among the parameters."""
    known = {
        one[0] if isinstance(one, list) else one: place
        for place, one in enumerate(_stand_ins(arguments))
    }
    constants = []
    parts = sql.split("%s")
    for number, param in enumerate(params):
        place = known.get(param)
        if place is None:
            constants.append(param)
            parts[number] += "%s"
            continue
        if isinstance(arguments[place], list):
            parts[number] = parts[number].removesuffix("IN (") + "= ANY("
        parts[number] += f"${place + 1}"
    return Statement("".join(parts), constants)


def _stand_ins(arguments: Sequence[Any]) -> list[Any]:
    return [_stand_in(value, place) for place, value in enumerate(arguments)]


def _stand_in(value: Any, place: int) -> Any:
    """What is found again among the parameters, because no query has it of its own."""
    match value:
        case list():
            return [_stand_in(0, place)]
        case datetime.datetime():
            return datetime.datetime(1, 1, 1 + place, tzinfo=datetime.UTC)
        case str():
            return f"argument {place}"
        case _:
            return 1_000_000_000 + place
