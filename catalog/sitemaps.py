"""The public pages, for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import Course, Track


class Pages(Sitemap[str]):
    def items(self) -> list[str]:
        return ["catalog:home", "catalog:courses", "catalog:tracks", "catalog:occupations"]

    def location(self, item: str) -> str:
        return reverse(item)


class Published(Sitemap[Any]):
    # As many as one answer can make in a moment; the protocol allows ten times as many.
    limit = 5000

    def __init__(self, model: type[Course] | type[Track]) -> None:
        self.model = model

    def items(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.published()
        return rows.only("pk", "slug", "updated_at").order_by("pk")

    def lastmod(self, item: Course | Track) -> datetime.datetime:
        return item.updated_at


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": Pages,
    "courses": Published(Course),
    "tracks": Published(Track),
}
