from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.db.models import Count

from catalog.models import AchievementVersion
from credentials.actions import judgement_requests
from credentials.models import Award

register = template.Library()


@dataclass(frozen=True)
class ByVersion:
    version: AchievementVersion
    under_way: int
    holders: int


@register.simple_tag
def with_learners(versions: Iterable[AchievementVersion]) -> list[ByVersion]:
    """The versions, each with how many go by it; as many queries, whatever their number."""
    listed = list(versions)
    in_force = [
        version.pk
        for version in listed
        if version.published_at and version.until is None  # type: ignore[attr-defined]
    ]
    under_way = judgement_requests.under_way(listed, in_force=in_force)
    rows = Award.objects.standing().filter(version__in=listed).order_by().values_list("version")
    held = dict(rows.annotate(Count("learner", distinct=True)))
    return [
        ByVersion(version, under_way[version.pk], held.get(version.pk, 0)) for version in listed
    ]
