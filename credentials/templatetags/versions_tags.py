from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.db.models import Count

from catalog.models import AchievementVersion
from credentials.models import Award, Pursuit

register = template.Library()


@dataclass(frozen=True)
class ByVersion:
    version: AchievementVersion
    joined: int
    """Learners who are under way by it, whichever is in force."""
    holders: int


@register.simple_tag
def with_learners(versions: Iterable[AchievementVersion]) -> list[ByVersion]:
    """The versions, each with how many go by it: two queries, whatever their number."""
    listed = list(versions)
    pks = [version.pk for version in listed]
    joined, held = (
        dict(
            rows.filter(version__in=pks)
            .order_by()
            .values_list("version")
            .annotate(Count("learner", distinct=True))
        )
        for rows in (Pursuit.objects.without_award(), Award.objects.standing())
    )
    return [
        ByVersion(version, joined.get(version.pk, 0), held.get(version.pk, 0)) for version in listed
    ]
