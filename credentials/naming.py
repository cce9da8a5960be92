"""What a rule names, as sets of things: courses, achievements, skills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from catalog.models import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    Equivalence,
    RuleNode,
)


@dataclass(frozen=True)
class Named:
    """Primary keys. With a course go those that count as it, by whatever way."""

    courses: frozenset[int]
    achievements: frozenset[int]
    skills: frozenset[int]

    @classmethod
    def by(cls, version: AchievementVersion) -> Named:
        return cls.by_nodes(RuleNode.objects.filter(version=version))

    @classmethod
    def by_nodes(cls, nodes: QuerySet[RuleNode]) -> Named:
        rows = list(nodes.values_list("course", "achievement", "skill"))
        courses, achievements, skills = (
            frozenset(row[place] for row in rows if row[place]) for place in range(3)
        )
        return cls(_with_equivalents(courses), achievements, skills)

    def with_all_below(self) -> Named:
        """What the achievements among them stand on, too, by any version that was published.

        The number of queries depends on how deep that goes.
        """
        achievements: set[int] = set()
        courses, skills = set(self.courses), set(self.skills)
        unread = set(self.achievements) | _proving(self.skills)
        while unread:
            achievements |= unread
            nodes = RuleNode.objects.filter(
                version__achievement__in=unread, version__published_at__isnull=False
            )
            found = Named.by_nodes(nodes)
            own = Achievement.objects.filter(pk__in=unread, course__isnull=False)
            courses |= found.courses | _with_equivalents(own.values_list("course_id", flat=True))
            unread = {*found.achievements, *_proving(found.skills - skills)} - achievements
            skills |= found.skills
        return Named(frozenset(courses), frozenset(achievements), frozenset(skills))


def _proving(skills: Iterable[int]) -> set[int]:
    """The achievements that prove any of these."""
    proved = AchievementVersionSkill.objects.filter(skill__in=skills)
    versions = AchievementVersion.objects.published().filter(Q(pk__in=proved.values("version")))
    return set(versions.values_list("achievement", flat=True)) if skills else set()


def _with_equivalents(courses: Iterable[int]) -> frozenset[int]:
    found = set(courses)
    counting: defaultdict[int, list[int]] = defaultdict(list)
    if found:
        for course_id, counts_as in Equivalence.objects.values_list("course", "counts_as"):
            counting[counts_as].append(course_id)
    frontier = list(found)
    while frontier:
        others = [pk for pk in counting[frontier.pop()] if pk not in found]
        found.update(others)
        frontier += others
    return frozenset(found)
