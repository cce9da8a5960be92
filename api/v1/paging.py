"""Keyset paging: a page starts after a known row, so its cost does not grow with its number."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import DateTimeField, Model, Q
from django.utils.timezone import is_aware
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
LARGEST_ID = 2**63 - 1


class KeysetPagination(BasePagination):
    """Pages in the view's ``keyset``: fields that never change and end in the unique ``id``.

    No count is made. Rows that arrive while a client reads are neither skipped nor repeated.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.url = request.build_absolute_uri()
        self.keyset: Sequence[str] = view.keyset  # type: ignore[union-attr]
        size = _page_size(request)
        is_backward, position = _decode(request, self.keyset)
        if position:
            queryset = queryset.filter(_beyond(self.keyset, position, is_backward=is_backward))
        sign = "-" if is_backward else ""
        rows = list(queryset.order_by(*(sign + name for name in self.keyset))[: size + 1])
        has_more, page = len(rows) > size, rows[:size]
        if is_backward:
            page.reverse()
        self.next = page[-1] if page and (is_backward or has_more) else None
        self.previous = page[0] if page and (has_more if is_backward else position) else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link("after", self.next),
                "previous": self._link("before", self.previous),
                "results": data,
            }
        )

    def _link(self, direction: str, row: Model | None) -> str | None:
        if row is None:
            return None
        values = [getattr(row, name) for name in self.keyset]
        position = [v if isinstance(v, int) else v.isoformat() for v in values]
        cursor = json.dumps({direction: position}, separators=(",", ":")).encode()
        return replace_query_param(
            self.url, "cursor", base64.urlsafe_b64encode(cursor).decode().rstrip("=")
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {
                    **link,
                    "description": "Where the following page is; null on the last.",
                    "example": "https://cairn.example.org/api/v1/courses?cursor=eyJhZnRlciI6WzUwXX0",
                },
                "previous": {
                    **link,
                    "description": "Where the page before is; null on the first.",
                    "example": None,
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts. Follow “next” and “previous” "
                "instead of making one.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "How many results a page has at most.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            },
        ]


def _page_size(request: Request) -> int:
    value = request.query_params.get("page_size", str(PAGE_SIZE))
    # isdecimal() alone lets digits of other scripts through, len() bounds what int() works on.
    if (
        value.isascii()
        and value.isdecimal()
        and len(value) < 9
        and 1 <= int(value) <= MAX_PAGE_SIZE
    ):
        return int(value)
    raise ValidationError({"page_size": f"Ask for 1 to {MAX_PAGE_SIZE} results a page."})


def _decode(request: Request, keyset: Sequence[str]) -> tuple[bool, list[Any] | None]:
    """Whether to read backward, and the position to start at, if there is one."""
    encoded = request.query_params.get("cursor")
    if encoded is None:
        return False, None
    try:
        cursor = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        ((direction, values),) = cursor.items()
        position = [_value(name, value) for name, value in zip(keyset, values, strict=True)]
        return {"after": False, "before": True}[direction], position
    except (
        binascii.Error,
        ValueError,
        OverflowError,
        TypeError,
        AttributeError,
        KeyError,
        RecursionError,
        InvalidValue,
    ) as error:
        raise ValidationError(
            {
                "cursor": "Not a cursor of this list. Leave it out to start at the first page, "
                "then follow “next”."
            }
        ) from error


def _value(name: str, value: Any) -> Any:
    if name == "id":
        if type(value) is not int or not 0 <= value <= LARGEST_ID:
            raise ValueError(name)
        return value
    if not isinstance(value, str):
        raise ValueError(name)
    moment = DateTimeField().to_python(value)
    if not is_aware(moment):
        raise ValueError(name)
    return moment.astimezone(datetime.UTC)


def _beyond(keyset: Sequence[str], position: Sequence[Any], *, is_backward: bool) -> Q:
    """Rows that come after ``position``; the first condition is the one that an index serves."""
    compare = "lt" if is_backward else "gt"
    name, value = keyset[0], position[0]
    if len(keyset) == 1:
        return Q(**{f"{name}__{compare}": value})
    rest = _beyond(keyset[1:], position[1:], is_backward=is_backward)
    return Q(**{f"{name}__{compare}e": value}) & (Q(**{f"{name}__{compare}": value}) | rest)
