"""Whether a rule in which each course counts once asks for one and the same course twice."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.models import Achievement, Course, Equivalence, Operator, Track
from catalog.rules.measuring import Item, item_of
from catalog.rules.tree import AchievementLeaf, CourseLeaf, Group, Leaf, Node, numbered_children

Numbered = tuple[int, Leaf]


def asked_twice(tree: Node) -> list[tuple[int, str]]:
    """The leaves that cannot be met beside an earlier one, by number, and what they are called.

    Only of what nobody gets around: of entries to choose from, the judge finds those that go
    together, if any do. A course that others count as can be met by two of them.
    """
    if not (isinstance(tree, Group) and tree.counts_once):
        return []
    needed = list(_needed(tree, 0))
    things = _things([leaf for _, leaf in needed])
    seen: set[Item] = set()
    again: list[tuple[int, Item]] = []
    for number, leaf in needed:
        if thing := things.get(leaf):
            if thing in seen:
                again.append((number, thing))
            seen.add(thing)
    return [(number, _title(thing)) for number, thing in again]


def _title(thing: Item) -> str:
    kind, pk = thing
    if kind == "course":
        return Course.objects.get(pk=pk).title
    return Track.objects.get(achievement=pk).title


def _needed(node: Node, number: int) -> Iterator[Numbered]:
    """The leaves that are met whichever way the rule is met."""
    if not isinstance(node, Group):
        yield number, node
        return
    children = list(numbered_children(node, number))
    match node.operator:
        case Operator.ALL:
            is_all = True
        case Operator.ANY:
            is_all = len(children) == 1
        case Operator.AT_LEAST:
            is_all = node.n == len(children)
        case _:
            is_all = False
    for place, child in children if is_all else ():
        yield from _needed(child, place)


def _things(leaves: list[Leaf]) -> dict[Leaf, Item]:
    """What alone meets each of them. A course and its credential are the same thing."""
    courses = {leaf.course_id for leaf in leaves if isinstance(leaf, CourseLeaf)}
    has_others = set(
        Equivalence.objects.filter(counts_as__in=courses).values_list("counts_as", flat=True)
    )
    achievements = {leaf.achievement_id for leaf in leaves if isinstance(leaf, AchievementLeaf)}
    course_of = dict(
        Achievement.objects.filter(pk__in=achievements, course__isnull=False).values_list(
            "pk", "course"
        )
    )
    found: dict[Leaf, Item] = {}
    for leaf in leaves:
        match leaf:
            case CourseLeaf() if leaf.course_id in has_others:
                continue
            case AchievementLeaf() if leaf.achievement_id in course_of:
                found[leaf] = "course", course_of[leaf.achievement_id]
            case _:
                if item := item_of(leaf):
                    found[leaf] = item
    return found
