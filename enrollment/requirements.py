"""What a course builds on, one by one, with what of it a learner has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from catalog import judging, prerequisites, rules
from catalog.models import Achievement, Course, Skill, Track
from enrollment.prerequisites import evidence


@dataclass(frozen=True)
class Requirement:
    """``page`` is where to read on, and where to begin with what is missing."""

    page: Course | Track | Skill
    is_met: bool


def requirements(learner: User, course: Course, *, at: datetime.datetime) -> list[Requirement]:
    tree = prerequisites.load(course)
    if tree is None:
        return []
    held = evidence(learner)
    met = [leaf for leaf in rules.leaves(tree) if judging.judge(leaf, held, at=at) is not None]
    pages = _pages_of_achievements(met)
    done = {_page(leaf, pages) for leaf in met}
    return [
        Requirement(page, is_met=(type(page), page.pk) in done)
        for page in prerequisites.named(course)
    ]


Key = tuple[type[Course | Track | Skill], int]


def _page(leaf: rules.Leaf, pages: Mapping[int, Key]) -> Key:
    match leaf:
        case rules.CourseLeaf():
            return Course, leaf.course_id
        case rules.AchievementLeaf():
            return pages[leaf.achievement_id]
        case rules.SkillLeaf():
            return Skill, leaf.skill_id


def _pages_of_achievements(leaves: list[rules.Leaf]) -> dict[int, Key]:
    ids = [leaf.achievement_id for leaf in leaves if isinstance(leaf, rules.AchievementLeaf)]
    found = Achievement.objects.filter(pk__in=ids).values_list("pk", "course", "track")
    return {pk: (Course, course) if course else (Track, track) for pk, course, track in found}
