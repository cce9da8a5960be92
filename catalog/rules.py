"""Award rules as a tree: read from rows, written to rows, checked, and said in words.

What a rule *means* for a learner is decided in ``credentials.judging``; here a rule is only data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models.functions import Coalesce

from catalog.models import Achievement, AchievementVersion, Course, RuleNode

Operator = RuleNode.Operator

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
class Group:
    """``n`` is the number of children for *at least*, of minutes for *credits*, else empty."""

    operator: str
    children: tuple[Node, ...]
    n: int | None = None


Leaf = CourseLeaf | AchievementLeaf
Node = Group | CourseLeaf | AchievementLeaf


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


def from_rows(rows: Iterable[RuleNode]) -> Node | None:
    """The tree of one version's rows; ``None`` when they do not make one (it fails closed)."""
    by_parent: dict[int | None, list[RuleNode]] = {}
    count = 0
    for row in sorted(rows, key=lambda row: row.number):
        by_parent.setdefault(row.parent_number, []).append(row)
        count += 1
    roots = by_parent.get(None, [])
    if len(roots) != 1 or count > MAX_NODES:
        return None
    seen = 0

    def build(row: RuleNode) -> Node:
        nonlocal seen
        seen += 1
        if row.operator == Operator.COURSE and row.course_id is not None:
            return CourseLeaf(row.course_id, row.min_grade, row.max_age_months)
        if row.operator == Operator.ACHIEVEMENT and row.achievement_id is not None:
            return AchievementLeaf(row.achievement_id, row.min_grade, row.max_age_months)
        children = tuple(build(child) for child in by_parent.get(row.number, []))
        return Group(row.operator, children, row.n)

    tree = build(roots[0])
    return tree if seen == count and not _shape_errors(tree) else None


def load(version: AchievementVersion) -> Node | None:
    return from_rows(version.rule_nodes.all())


def store(version: AchievementVersion, tree: Node) -> None:
    """Replace the rule of a draft version."""
    version.rule_nodes.all().delete()
    RuleNode.objects.bulk_create(to_rows(version, tree))


def to_rows(version: AchievementVersion, tree: Node) -> list[RuleNode]:
    """The tree's nodes in preorder, not yet saved."""
    rows: list[RuleNode] = []

    def add(node: Node, parent_number: int | None) -> None:
        row = RuleNode(version=version, number=len(rows), parent_number=parent_number)
        rows.append(row)
        if isinstance(node, Group):
            row.operator, row.n = node.operator, node.n
            for child in node.children:
                add(child, row.number)
            return
        row.min_grade, row.max_age_months = node.min_grade, node.max_age_months
        if isinstance(node, CourseLeaf):
            row.operator, row.course_id = Operator.COURSE, node.course_id
        else:
            row.operator, row.achievement_id = Operator.ACHIEVEMENT, node.achievement_id

    add(tree, None)
    return rows


def check(tree: Node | None, *, achievement: Achievement) -> None:
    """Raise ``InvalidRule`` unless ``achievement`` may be awarded by this rule."""
    if tree is None:
        raise InvalidRule("The rule is empty. Add at least one course or track.")
    errors = _shape_errors(tree)
    if errors:
        raise InvalidRule(" ".join(errors))
    if achievement.pk in reachable_achievements(tree):
        raise InvalidRule(
            "The rule leads back to its own credential through the tracks it names. "
            "Remove the track that closes the circle."
        )


def _shape_errors(node: Node) -> list[str]:
    if not isinstance(node, Group):
        return []
    errors = [error for child in node.children for error in _shape_errors(child)]
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
    """The rule in words: "Complete all of A, B and 2 of C, D, E."."""
    return f"Complete {_phrase(tree, names)}."


def _phrase(node: Node, names: dict[Leaf, str]) -> str:
    if not isinstance(node, Group):
        grade = f" with at least {node.min_grade.normalize():f} %" if node.min_grade else ""
        age = f" within {node.max_age_months} months" if node.max_age_months else ""
        return f"{names[node]}{grade}{age}"
    parts = [
        f"({_phrase(child, names)})" if isinstance(child, Group) else _phrase(child, names)
        for child in node.children
    ]
    if len(parts) == 1 and node.operator != Operator.CREDITS:
        return parts[0]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    match node.operator:
        case Operator.ALL:
            return f"all of {listed}"
        case Operator.ANY:
            return f"any one of {', '.join(parts[:-1])} or {parts[-1]}"
        case Operator.AT_LEAST:
            return f"at least {node.n} of {listed}"
        case _:
            minutes = node.n or 0
            amount = f"{minutes} minutes" if minutes % 60 else f"{minutes // 60} hours"
            return f"at least {amount} from {listed}"


def leaf_names(tree: Node) -> dict[Leaf, str]:
    """What each leaf is called, in two queries."""
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
    return {
        leaf: courses[leaf.course_id]
        if isinstance(leaf, CourseLeaf)
        else achievements[leaf.achievement_id]
        for leaf in found
    }
