"""A rule is a tree: groups that count over their children, and leaves that name evidence.

Here a rule is only data. What it *means* for a learner is decided in ``catalog.judging``; the exact
semantics stand in ``docs/rules.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from catalog.models import Operator

HUNDREDTHS = 100
"""``n`` of a group that counts ECTS credits is in hundredths of a credit, as a whole number."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a leaf may ask of the evidence that it accepts, beside being of the right thing.

    ``min_grade`` is in percent, ``issuer_id`` names the organization that must stand behind it.
    """

    min_grade: Decimal | None = None
    max_age_months: int | None = None
    issuer_id: int | None = None
    allows_prior_learning: bool = False


@dataclass(frozen=True)
class CourseLeaf(Limits):
    """Satisfied by completing this course, or one that counts as it."""

    course_id: int
    size: ClassVar[int] = 1


@dataclass(frozen=True)
class AchievementLeaf(Limits):
    """Satisfied by holding an award of this achievement that stands."""

    achievement_id: int
    size: ClassVar[int] = 1


@dataclass(frozen=True)
class SkillLeaf(Limits):
    """Satisfied by any award that proves this skill, at ``level`` or above (0: at any)."""

    skill_id: int
    level: int = 0
    size: ClassVar[int] = 1


@dataclass(frozen=True)
class Group:
    """``n``: how many children for *at least*, minutes for *credits*, hundredths for *ects*.

    ``counts_once`` stands on the root alone: then one course satisfies at most one leaf of the
    whole rule. Otherwise it satisfies every leaf that accepts it.
    """

    operator: str
    children: tuple[Node, ...]
    n: int | None = None
    counts_once: bool = False

    @cached_property
    def size(self) -> int:
        """Nodes in it, itself included."""
        return 1 + sum(child.size for child in self.children)


Leaf = CourseLeaf | AchievementLeaf | SkillLeaf
Node = Group | Leaf


def all_of(*children: Node, counts_once: bool = False) -> Group:
    return Group(Operator.ALL, children, counts_once=counts_once)


def any_of(*children: Node) -> Group:
    return Group(Operator.ANY, children)


def at_least(n: int, *children: Node) -> Group:
    return Group(Operator.AT_LEAST, children, n)


def leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Group):
        for child in node.children:
            yield from leaves(child)
    else:
        yield node


def numbered(node: Node, number: int = 0) -> Iterator[tuple[int, Node]]:
    """Every node with its number in preorder, which is that of its row."""
    yield number, node
    if isinstance(node, Group):
        for child_number, child in numbered_children(node, number):
            yield from numbered(child, child_number)


def numbered_children(group: Group, number: int) -> Iterator[tuple[int, Node]]:
    """The children of the group of this number, each with its own number."""
    following = number + 1
    for child in group.children:
        yield following, child
        following += child.size
