"""Award rules as a tree: read from rows, written to rows, checked, and said in words.

What a rule *means* for a learner is decided in ``catalog.judging``; here a rule is only data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    Prerequisite,
    RuleNode,
    Skill,
)

Operator = RuleNode.Operator
Row = RuleNode | Prerequisite

MAX_NODES = 500


class InvalidRule(ValueError):
    """The rule cannot be published; the message says what to change."""


@dataclass(frozen=True)
class CourseLeaf:
    """Satisfied by completing this course."""

    course_id: int
    min_grade: Decimal | None = None
    max_age_months: int | None = None


@dataclass(frozen=True)
class AchievementLeaf:
    """Satisfied by holding an award of this achievement that stands."""

    achievement_id: int
    min_grade: Decimal | None = None
    max_age_months: int | None = None


@dataclass(frozen=True)
class SkillLeaf:
    """Satisfied by completing a course that teaches this skill."""

    skill_id: int
    min_grade: Decimal | None = None
    max_age_months: int | None = None


@dataclass(frozen=True)
class Group:
    """``n`` is the number of children for *at least*, of minutes for *credits*, else empty."""

    operator: str
    children: tuple[Node, ...]
    n: int | None = None


Leaf = CourseLeaf | AchievementLeaf | SkillLeaf
Node = Group | Leaf


def all_of(*children: Node) -> Group:
    return Group(Operator.ALL, children)


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


def from_rows(rows: Iterable[Row]) -> Node | None:
    """The tree of one rule's rows; ``None`` when they do not make one (it fails closed)."""
    by_parent: dict[int | None, list[Row]] = {}
    count = 0
    for row in sorted(rows, key=lambda row: row.number):
        by_parent.setdefault(row.parent_number, []).append(row)
        count += 1
    roots = by_parent.get(None, [])
    if len(roots) != 1 or count > MAX_NODES:
        return None
    seen = 0

    def build(row: Row) -> Node:
        nonlocal seen
        seen += 1
        if row.operator == Operator.COURSE and row.course_id is not None:
            return CourseLeaf(row.course_id, row.min_grade, row.max_age_months)
        if row.operator == Operator.ACHIEVEMENT and row.achievement_id is not None:
            return AchievementLeaf(row.achievement_id, row.min_grade, row.max_age_months)
        if row.operator == Prerequisite.SKILL:
            return SkillLeaf(_skill_of(row), row.min_grade, row.max_age_months)
        children = tuple(build(child) for child in by_parent.get(row.number, []))
        return Group(row.operator, children, row.n)

    tree = build(roots[0])
    return tree if seen == count and not shape_errors(tree) else None


def _skill_of(row: Row) -> int:
    assert isinstance(row, Prerequisite)
    assert row.skill_id is not None
    return row.skill_id


def load(version: AchievementVersion) -> Node | None:
    return from_rows(version.rule_nodes.all())


def store(version: AchievementVersion, tree: Node) -> None:
    """Replace the rule of a draft version."""
    version.rule_nodes.all().delete()
    RuleNode.objects.bulk_create(to_rows(version, tree))


def to_rows(version: AchievementVersion, tree: Node) -> list[RuleNode]:
    """The tree's nodes in preorder, not yet saved."""
    return [RuleNode(version=version, **columns) for columns in in_columns(tree)]


def in_columns(tree: Node) -> list[dict[str, Any]]:
    """The columns of each node, in preorder."""
    found: list[dict[str, Any]] = []

    def add(node: Node, parent_number: int | None) -> None:
        columns: dict[str, Any] = {"number": len(found), "parent_number": parent_number}
        found.append(columns)
        if isinstance(node, Group):
            columns |= {"operator": node.operator, "n": node.n}
            for child in node.children:
                add(child, columns["number"])
            return
        columns |= {"min_grade": node.min_grade, "max_age_months": node.max_age_months}
        match node:
            case CourseLeaf():
                columns |= {"operator": Operator.COURSE, "course_id": node.course_id}
            case AchievementLeaf():
                columns |= {"operator": Operator.ACHIEVEMENT, "achievement_id": node.achievement_id}
            case SkillLeaf():
                columns |= {"operator": Prerequisite.SKILL, "skill_id": node.skill_id}

    add(tree, None)
    return found


def check(tree: Node | None, *, achievement: Achievement) -> None:
    """Raise ``InvalidRule`` unless ``achievement`` may be awarded by this rule."""
    if tree is None:
        raise InvalidRule("The rule is empty. Add at least one course or track.")
    errors = shape_errors(tree)
    if errors:
        raise InvalidRule(" ".join(errors))
    if achievement.pk in reachable_achievements(tree):
        raise InvalidRule(
            "The rule leads back to its own credential through the tracks it names. "
            "Remove the track that closes the circle."
        )


def shape_errors(node: Node) -> list[str]:
    if not isinstance(node, Group):
        return []
    errors = [error for child in node.children for error in shape_errors(child)]
    if not node.children:
        errors.append("A group has nothing in it. Add a course or a track, or remove the group.")
    elif node.operator == Operator.AT_LEAST and not 1 <= (node.n or 0) <= len(node.children):
        errors.append(
            f'"At least {node.n} of" has {len(node.children)} entries. '
            f"Ask for 1 to {len(node.children)}."
        )
    elif node.operator == Operator.CREDITS and (node.n or 0) < 1:
        errors.append('"At least n minutes from" needs a number of minutes from 1 on.')
    elif node.operator in (Operator.ALL, Operator.ANY) and node.n is not None:
        errors.append("Only a counting group takes a number.")
    return errors


def reachable_achievements(tree: Node) -> set[int]:
    """Ids of the achievements this rule rests on, through the rules of those it names."""
    reached: set[int] = set()
    frontier = {leaf.achievement_id for leaf in leaves(tree) if isinstance(leaf, AchievementLeaf)}
    while frontier:
        reached |= frontier
        # All versions count: a learner may be judged by an older one.
        frontier = (
            set(
                RuleNode.objects.filter(
                    version__achievement__in=frontier, achievement__isnull=False
                ).values_list("achievement_id", flat=True)
            )
            - reached
        )
    return reached


def sentence(tree: Node, *, names: dict[Leaf, str]) -> str:
    """The rule in words: "Complete all of A, B and 2 of C, D, E.".

    In the language that is active; where it is frozen into a version, that is English.
    """
    return _("Complete %(parts)s.") % {"parts": _phrase(tree, names)}


def _phrase(node: Node, names: dict[Leaf, str]) -> str:
    if not isinstance(node, Group):
        return _leaf_phrase(node, names)
    parts = [
        f"({_phrase(child, names)})" if isinstance(child, Group) else _phrase(child, names)
        for child in node.children
    ]
    if len(parts) == 1 and node.operator != Operator.CREDITS:
        return parts[0]
    joining = _("%(most)s or %(last)s") if node.operator == Operator.ANY else ""
    listed = parts[0]
    if len(parts) > 1:
        joining = joining or _("%(most)s and %(last)s")
        listed = joining % {"most": ", ".join(parts[:-1]), "last": parts[-1]}
    match node.operator:
        case Operator.ALL:
            return _("all of %(parts)s") % {"parts": listed}
        case Operator.ANY:
            return _("any one of %(parts)s") % {"parts": listed}
        case Operator.AT_LEAST:
            return _("at least %(n)s of %(parts)s") % {"n": node.n, "parts": listed}
        case _:
            minutes = node.n or 0
            amount = (
                ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
                if minutes % 60
                else ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
            )
            return _("at least %(amount)s from %(parts)s") % {"amount": amount, "parts": listed}


def _leaf_phrase(leaf: Leaf, names: dict[Leaf, str]) -> str:
    said = names[leaf]
    if leaf.min_grade:
        grade = f"{leaf.min_grade.normalize():f}"
        said = _("%(part)s with at least %(grade)s %%") % {"part": said, "grade": grade}
    if leaf.max_age_months:
        said = _("%(part)s within %(months)s months") % {
            "part": said,
            "months": leaf.max_age_months,
        }
    return said


def leaf_names(tree: Node) -> dict[Leaf, str]:
    """What each leaf is called, in three queries."""
    found = list(leaves(tree))
    courses = dict(
        Course.objects.filter(
            pk__in=[leaf.course_id for leaf in found if isinstance(leaf, CourseLeaf)]
        ).values_list("pk", "title")
    )
    achievements = dict(
        Achievement.objects.filter(
            pk__in=[leaf.achievement_id for leaf in found if isinstance(leaf, AchievementLeaf)]
        ).values_list("pk", Coalesce("track__title", "course__title"))
    )
    skills = dict(
        Skill.objects.filter(
            pk__in=[leaf.skill_id for leaf in found if isinstance(leaf, SkillLeaf)]
        ).values_list("pk", "label")
    )

    def name(leaf: Leaf) -> str:
        match leaf:
            case CourseLeaf():
                return courses[leaf.course_id]
            case AchievementLeaf():
                return str(achievements[leaf.achievement_id])
            case SkillLeaf():
                return _("a course that teaches “%(skill)s”") % {"skill": skills[leaf.skill_id]}

    return {leaf: name(leaf) for leaf in found}
