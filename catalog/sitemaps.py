"""The public pages, for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Organization
from catalog.models import Course, CourseSkill, Occupation, Skill, Status, Track

LIMIT = 5000
"""As many as one answer can make in a moment; the protocol allows ten times as many."""


class Pages(Sitemap[str]):
    def items(self) -> list[str]:
        return ["catalog:home", "catalog:courses", "catalog:tracks", "catalog:occupations"]

    def location(self, item: str) -> str:
        return reverse(item)


class Published(Sitemap[Any]):
    limit = LIMIT

    def __init__(self, model: type[Course] | type[Track]) -> None:
        self.model = model

    def items(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.published()
        return rows.only("pk", "slug", "updated_at").order_by("pk")

    def lastmod(self, item: Course | Track) -> datetime.datetime:
        return item.updated_at


class Providers(Sitemap[Organization]):
    def items(self) -> QuerySet[Organization]:
        teaching = Course.objects.published().values("provider")
        return Organization.objects.filter(pk__in=teaching).only("slug").order_by("pk")

    def location(self, item: Organization) -> str:
        return reverse("catalog:provider", args=[item.slug])


class Skills(Sitemap[Skill]):
    limit = LIMIT

    def items(self) -> QuerySet[Skill]:
        """Those that a course teaches."""
        taught = CourseSkill.objects.filter(course__status=Status.PUBLISHED).values("skill")
        return Skill.objects.filter(pk__in=taught).only("public_id").order_by("pk")


class Occupations(Sitemap[Occupation]):
    limit = LIMIT

    def items(self) -> QuerySet[Occupation]:
        return Occupation.objects.in_use().only("public_id").order_by("pk")


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": Pages,
    "courses": Published(Course),
    "tracks": Published(Track),
    "providers": Providers,
    "skills": Skills,
    "occupations": Occupations,
}
