"""Whether a rule in which each course counts once can be met with as many different things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from catalog.models import Achievement, Course, Equivalence, Operator, Track
from catalog.rules.measuring import ECTS, MINUTES, Item, amounts, item_of
from catalog.rules.program import Offer, Program
from catalog.rules.tree import (
    AchievementLeaf,
    CourseLeaf,
    Group,
    Leaf,
    Node,
    leaves,
    numbered,
    numbered_children,
)

TOO_FEW = (
    "Each course counts once, and this group asks for more different ones than can meet it. "
    "Ask for less, add entries, or let a course count more than once."
)


def out_of_reach(tree: Node) -> list[tuple[int, str]]:
    """The groups that nothing can satisfy, also in a choice; by number, with what to change.

    Where that is by leaves that cannot be met beside an earlier one, it is said of those.
    """
    if not (isinstance(tree, Group) and tree.counts_once):
        return []
    offers = _offers(tree)
    found: list[tuple[int, str]] = []
    faulty: set[int] = set()
    # What is inside comes first: what is wrong there is not wrong once more further up.
    for number, group in reversed(list(numbered(tree))):
        inside = range(number, number + group.size)
        if not isinstance(group, Group) or faulty.intersection(inside):
            continue
        if not _can_be_met(group, {n - number: offers[n] for n in inside if n in offers}):
            faulty.add(number)
            found += _asked_twice(group, number, offers) or [(number, TOO_FEW)]
    return sorted(found)


def _can_be_met(group: Group, offers: Mapping[int, Sequence[Offer]]) -> bool:
    items = [offer.item for found in offers.values() for offer in found]
    if len(items) == len(set(items)):
        return True
    program = Program()
    tree = Group(group.operator, group.children, group.n, counts_once=True)
    program.model.addConstr(program.add(tree, offers) == 1)
    return program.is_possible()


def _offers(tree: Node) -> dict[int, list[Offer]]:
    """The things that can meet each leaf, by its number, and what they are worth.

    A course and its credential are the same thing. Of a skill no two credentials need be.
    """
    minutes, ects = amounts(tree, MINUTES), amounts(tree, ECTS)
    same = _courses_by_credential(leaves(tree))
    equivalents = _equivalents()
    # What is not known yet is no reason to refuse.
    unknown = max((node.n or 0 for _, node in numbered(tree) if isinstance(node, Group)), default=0)

    def offers(number: int, leaf: Leaf) -> Iterator[Offer]:
        item = item_of(leaf)
        if item is None:
            yield Offer(("leaf", number))
            return
        thing = same.get(item, item)
        worth = minutes.worth.get(thing, unknown), ects.worth.get(thing, unknown)
        yield Offer(thing, *worth)
        if isinstance(leaf, CourseLeaf):
            for course_id in _all_counting_as(leaf.course_id, equivalents):
                yield Offer(("course", course_id), unknown, unknown)

    return {
        number: list(offers(number, node))
        for number, node in numbered(tree)
        if not isinstance(node, Group)
    }


def _courses_by_credential(found: Iterator[Leaf]) -> dict[Item, Item]:
    named = {leaf.achievement_id for leaf in found if isinstance(leaf, AchievementLeaf)}
    rows = Achievement.objects.filter(pk__in=named, course__isnull=False)
    return {
        ("achievement", pk): ("course", course_id)
        for pk, course_id in rows.values_list("pk", "course")
    }


def _equivalents() -> Mapping[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for course_id, counts_as in Equivalence.objects.values_list("course", "counts_as"):
        found[counts_as].add(course_id)
    return found


def _all_counting_as(course_id: int, equivalents: Mapping[int, set[int]]) -> set[int]:
    """Followed through; without itself."""
    found: set[int] = set()
    frontier = {course_id}
    while frontier:
        frontier = set().union(*(equivalents.get(pk, set()) for pk in frontier)) - found
        found |= frontier
    return found - {course_id}


def _asked_twice(
    group: Group, number: int, offers: Mapping[int, Sequence[Offer]]
) -> list[tuple[int, str]]:
    """The leaves that are asked for whichever way the group is met, and were already."""
    seen: set[Item] = set()
    found: list[tuple[int, str]] = []
    for place in _needed(group, number):
        things = offers[place]
        if len(things) > 1:
            continue
        item = things[0].item
        if item in seen:
            found.append(
                (
                    place,
                    f"“{_title(item)}” is asked for twice, and each course counts once. Remove one "
                    "of the two, or let a course count more than once.",
                )
            )
        seen.add(item)
    return found


def _title(thing: Item) -> str:
    kind, pk = thing
    if kind == "course":
        return Course.objects.get(pk=pk).title
    return Track.objects.get(achievement=pk).title


def _needed(node: Node, number: int) -> Iterator[int]:
    """The leaves that are met whichever way the node is met, by number."""
    if not isinstance(node, Group):
        yield number
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
