"""How much the things that a rule names are worth: in minutes of workload, or in ECTS credits.

A course is worth what the version of its credential says that is in force, a credential likewise;
a skill is worth nothing, because it is shown by something else that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.durations import in_words
from catalog.models import AchievementVersion, Operator
from catalog.rules.tree import (
    HUNDREDTHS,
    AchievementLeaf,
    CourseLeaf,
    Leaf,
    Node,
    leaves,
)

Item = tuple[str, int]
"""What counts once: ("course", its id) or ("achievement", its id)."""


@dataclass(frozen=True)
class Measure:
    operator: str
    column: str
    whole: Callable[[Any], int]
    said: Callable[[int], str]


def hundredths(ects: Decimal | None) -> int:
    return int(ects * HUNDREDTHS) if ects is not None else 0


def _in_credits(n: int) -> str:
    return f"{(Decimal(n) / HUNDREDTHS).normalize():f} ECTS"


MINUTES = Measure(Operator.CREDITS, "workload_minutes", int, in_words)
ECTS = Measure(Operator.ECTS, "ects", hundredths, _in_credits)


def item_of(leaf: Leaf) -> Item | None:
    match leaf:
        case CourseLeaf():
            return "course", leaf.course_id
        case AchievementLeaf():
            return "achievement", leaf.achievement_id
        case _:
            return None


@dataclass(frozen=True)
class Amounts:
    """What each thing that a rule names is worth, and what is the same thing by another name.

    Without an entry for what has no published credential yet.
    """

    worth: Mapping[Item, int]
    same: Mapping[Item, Item]
    """A course, by its credential."""

    def thing_of(self, leaf: Leaf) -> Item | None:
        """What counts once: a course for its completion and its credential."""
        item = item_of(leaf)
        return self.same.get(item, item) if item else None


def amounts(tree: Node, measure: Measure) -> Amounts:
    """In one query."""
    found = [item for leaf in leaves(tree) if (item := item_of(leaf))]
    courses = [pk for kind, pk in found if kind == "course"]
    achievements = [pk for kind, pk in found if kind == "achievement"]
    versions = AchievementVersion.objects.current()
    rows = versions.filter(achievement__course__in=courses) | versions.filter(
        achievement__in=achievements
    )
    named = set(found)
    worth: dict[Item, int] = {}
    same: dict[Item, Item] = {}
    for achievement_id, course_id, value in rows.values_list(
        "achievement_id", "achievement__course_id", measure.column
    ):
        by_course, by_achievement = ("course", course_id), ("achievement", achievement_id)
        if course_id is not None:
            same[by_achievement] = by_course
        if {by_course, by_achievement} & named:
            worth[same.get(by_achievement, by_achievement)] = measure.whole(value)
    return Amounts(worth, same)


def most(node: Node, found: Amounts) -> int | None:
    """All that is named in it, each thing once; ``None`` if that is not known of something."""
    things = {thing for leaf in leaves(node) if (thing := found.thing_of(leaf))}
    if not things <= found.worth.keys():
        return None
    return sum(found.worth[thing] for thing in things)
