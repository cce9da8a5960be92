"""Rules read from rows and written to rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog.models import LEVEL_RANK, AchievementVersion, Operator, RuleNode, RuleTreeNode
from catalog.rules.checks import MAX_NODES, shape_errors
from catalog.rules.tree import (
    AchievementLeaf,
    CourseLeaf,
    Group,
    Leaf,
    Node,
    SkillLeaf,
)

_LEVELS = {rank: level for level, rank in LEVEL_RANK.items()}


def from_rows(rows: Iterable[RuleTreeNode]) -> Node | None:
    """The tree of one rule's rows; ``None`` when they do not make one (it fails closed)."""
    by_parent: dict[int | None, list[RuleTreeNode]] = {}
    count = 0
    for row in sorted(rows, key=lambda row: row.number):
        by_parent.setdefault(row.parent_number, []).append(row)
        count += 1
    roots = by_parent.get(None, [])
    if len(roots) != 1 or count > MAX_NODES:
        return None
    seen = 0

    def build(row: RuleTreeNode) -> Node:
        nonlocal seen
        seen += 1
        if row.operator in RuleTreeNode.GROUPS:
            children = tuple(build(child) for child in by_parent.get(row.number, []))
            return Group(row.operator, children, row.n, row.counts_once)
        return leaf_of(row) or Group(row.operator, ())

    tree = build(roots[0])
    return tree if seen == count and not shape_errors(tree) else None


def leaf_of(row: RuleTreeNode) -> Leaf | None:
    """The leaf of this row; ``None`` for that of a group."""
    limits: dict[str, Any] = {
        "min_grade": row.min_grade,
        "max_age_months": row.max_age_months,
        "issuer_id": row.issuer_id,
        "allows_prior_learning": row.allows_prior_learning,
    }
    if row.operator == Operator.COURSE and row.course_id is not None:
        return CourseLeaf(row.course_id, **limits)
    if row.operator == Operator.ACHIEVEMENT and row.achievement_id is not None:
        return AchievementLeaf(row.achievement_id, **limits)
    if row.operator == Operator.SKILL and row.skill_id is not None:
        return SkillLeaf(row.skill_id, LEVEL_RANK[row.level], **limits)
    return None


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
            columns |= {"operator": node.operator, "n": node.n, "counts_once": node.counts_once}
            for child in node.children:
                add(child, columns["number"])
            return
        columns |= {
            "min_grade": node.min_grade,
            "max_age_months": node.max_age_months,
            "issuer_id": node.issuer_id,
            "allows_prior_learning": node.allows_prior_learning,
        }
        match node:
            case CourseLeaf():
                columns |= {"operator": Operator.COURSE, "course_id": node.course_id}
            case AchievementLeaf():
                columns |= {"operator": Operator.ACHIEVEMENT, "achievement_id": node.achievement_id}
            case SkillLeaf():
                columns |= {
                    "operator": Operator.SKILL,
                    "skill_id": node.skill_id,
                    "level": _LEVELS[node.level],
                }

    add(tree, None)
    return found
