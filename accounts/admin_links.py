"""Links from one page of the admin to another: only where the reader may open it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminField, AdminReadonlyField
from django.db import models
from django.http import HttpRequest


class WithinReach:
    """A part of a change page as Django lays it out: its sections, lines and fields.

    Django makes a link of each related object that is only shown, whoever reads the page; it makes
    the fields while the template asks for them, and they do not know for whom.
    """

    def __init__(self, part: Any, request: HttpRequest) -> None:
        self._part = part
        self._request = request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    def __iter__(self) -> Iterator[Any]:
        for part in self._part:
            if isinstance(part, AdminReadonlyField):
                link = partial(_link, self._request, part, part.get_admin_url)
                part.get_admin_url = link  # type: ignore[method-assign]
                yield part
            elif isinstance(part, AdminField):
                yield part
            else:
                yield WithinReach(part, self._request)


def _link(
    request: HttpRequest, shown: Any, link: Any, field: models.ForeignObjectRel, item: models.Model
) -> str:
    site: admin.AdminSite = shown.model_admin.admin_site
    return str(link(field, item)) if may_open(request, item, site=site) else str(item)


def may_open(request: HttpRequest, item: models.Model, *, site: admin.AdminSite) -> bool:
    """Whether the object has a page in the admin that would not refuse this reader."""
    if not site.is_registered(type(item)):
        return False
    page = site.get_model_admin(type(item))
    return page.has_view_or_change_permission(request, item)
