"""Queries that are put together once, and asked with other values each time.

To put one together takes Django longer than it takes PostgreSQL to answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Prepared:
    """``build`` makes a query for values (``values_list``) from the arguments of ``rows``.

    Those may be numbers, texts, moments, and lists of numbers for ``__in``. Of what kind they are
    is all that ``build`` may decide by.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._sql = ""
        self._params: list[Any] = []

    def rows(self, *arguments: Any) -> Sequence[tuple[Any, ...]]:
        if connection.vendor != "postgresql":
            return list(self._build(*arguments))
        if not self._sql:
            self._write(arguments)
        params = [
            arguments[param.place] if isinstance(param, _Argument) else param
            for param in self._params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _write(self, arguments: Sequence[Any]) -> None:
        stand_ins = [_stand_in(value, place) for place, value in enumerate(arguments)]
        sql, params = self._build(*stand_ins).query.sql_with_params()
        known = {
            one[0] if isinstance(one, list) else one: _Argument(place)
            for place, one in enumerate(stand_ins)
        }
        parts = sql.split("%s")
        for number, param in enumerate(params):
            if param in known and isinstance(arguments[known[param].place], list):
                parts[number] = parts[number].removesuffix("IN (") + "= ANY("
        self._params = [known.get(param, param) for param in params]
        self._sql = "%s".join(parts)


class _Argument:
    def __init__(self, place: int) -> None:
        self.place = place


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
