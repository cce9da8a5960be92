"""What a rule means for one learner (``docs/rules.md``). Pure: no clock, no database.

Fails closed: an empty group, an unknown operator or a number that cannot be met satisfies nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from catalog.judging.assigning import assign, identity
from catalog.judging.facts import Evidence, Fact, Item, Support
from catalog.judging.months import months_before
from catalog.rules import (
    AchievementLeaf,
    CourseLeaf,
    Group,
    Leaf,
    Node,
    Operator,
    item_of,
    numbered,
    numbered_children,
)


def judge(tree: Node, evidence: Evidence, *, at: datetime.datetime) -> Support | None:
    """What satisfies the rule at this moment, or ``None`` when it is not satisfied."""
    candidates = {
        number: found
        for number, leaf in numbered(tree)
        if not isinstance(leaf, Group) and (found := qualifying(leaf, evidence, at=at))
    }
    return satisfying(tree, candidates)


def satisfying(tree: Node, candidates: Mapping[int, Sequence[Fact]]) -> Support | None:
    """As ``judge``, of the facts that satisfy each leaf, by its number, the newest first."""
    if isinstance(tree, Group) and tree.counts_once:
        return _once(tree, candidates) if _is_possible(tree, 0, candidates) else None
    return support(tree, {number: facts[0] for number, facts in candidates.items()})


def qualifying(leaf: Leaf, evidence: Evidence, *, at: datetime.datetime) -> list[Fact]:
    """The facts that satisfy the leaf, newest first."""
    return [fact for fact in _filed(leaf, evidence) if is_good_enough(leaf, fact, at=at)]


def _filed(leaf: Leaf, evidence: Evidence) -> Sequence[Fact]:
    match leaf:
        case CourseLeaf():
            return evidence.completions.get(leaf.course_id, ())
        case AchievementLeaf():
            return evidence.awards.get(leaf.achievement_id, ())
        case _:
            return [
                fact for fact in evidence.skills.get(leaf.skill_id, ()) if fact.level >= leaf.level
            ]


def is_good_enough(leaf: Leaf, fact: Fact, *, at: datetime.datetime) -> bool:
    """Whether the fact, which is of the right thing, keeps the limits of the leaf."""
    return (
        (leaf.min_grade is None or (fact.grade is not None and fact.grade >= leaf.min_grade))
        and (leaf.max_age_months is None or months_before(at, leaf.max_age_months) <= fact.at)
        and (leaf.issuer_id is None or leaf.issuer_id == fact.issuer_id)
        and (leaf.allows_prior_learning or fact.kind != "recognition")
        and (fact.until is None or fact.until > at)
    )


def support(tree: Node, met: Mapping[int, Fact]) -> Support | None:
    """What the rule rests on when these leaves are met, each by the fact given; else ``None``."""
    found = _support(tree, 0, dict(numbered(tree)), met)
    return None if found is None else Support(found)


Nodes = Mapping[int, Node]


def _support(
    node: Node, number: int, nodes: Nodes, met: Mapping[int, Fact]
) -> dict[int, Fact] | None:
    if not isinstance(node, Group):
        return {number: met[number]} if number in met else None
    children = list(numbered_children(node, number))
    satisfied = [
        (child, found)
        for child_number, child in children
        if (found := _support(child, child_number, nodes, met)) is not None
    ]
    match node.operator:
        case Operator.ALL:
            wanted = len(children)
        case Operator.ANY:
            wanted = 1
        case Operator.AT_LEAST:
            wanted = node.n or 0
        case Operator.CREDITS | Operator.ECTS if node.n:
            return _enough(node, number, nodes, met)
        case _:
            return None
    if not 0 < wanted <= len(satisfied):
        return None
    return {leaf: fact for _, found in satisfied[:wanted] for leaf, fact in found.items()}


def _enough(
    group: Group, number: int, nodes: Nodes, met: Mapping[int, Fact]
) -> dict[int, Fact] | None:
    """Leaves of the group, in their order, until what they are worth comes to what it asks for."""
    used: dict[int, Fact] = {}
    worth: dict[Item, int] = {}
    for child_number, child in numbered_children(group, number):
        for leaf_number, fact in counted(child, child_number, nodes, met):
            leaf = nodes[leaf_number]
            assert not isinstance(leaf, Group)
            item = identity(leaf, fact)
            value = fact.minutes if group.operator == Operator.CREDITS else fact.ects
            used[leaf_number] = fact
            worth[item] = max(worth.get(item, 0), value if item_of(leaf) else 0)
        if sum(worth.values()) >= (group.n or 0):
            return used
    return None


def counted(
    node: Node, number: int, nodes: Nodes, met: Mapping[int, Fact]
) -> Iterator[tuple[int, Fact]]:
    """The met leaves in it whose groups, from here down, are all satisfied."""
    if not isinstance(node, Group):
        if number in met:
            yield number, met[number]
    elif _support(node, number, nodes, met) is not None:
        for child_number, child in numbered_children(node, number):
            yield from counted(child, child_number, nodes, met)


def _once(tree: Group, candidates: Mapping[int, Sequence[Fact]]) -> Support | None:
    """As ``judge``, but no thing satisfies two leaves. Exact: if there is a way, it is found."""
    nodes = dict(numbered(tree))
    taken: set[Item] = set()
    met: dict[int, Fact] = {}
    for number, facts in candidates.items():
        leaf = nodes[number]
        assert not isinstance(leaf, Group)
        for fact in facts:
            if (item := identity(leaf, fact)) not in taken:
                taken.add(item)
                met[number] = fact
                break
    # Whoever comes first gets it: mostly that is enough, and it is quick.
    found = support(tree, met)
    if found is not None:
        return found
    assigned = assign(tree, candidates)
    return None if assigned is None else support(tree, assigned)


def _is_possible(node: Node, number: int, candidates: Mapping[int, Sequence[Fact]]) -> bool:
    """Whether it would be met if one thing could serve at every leaf: else nothing is tried."""
    if not isinstance(node, Group):
        return number in candidates
    children = list(numbered_children(node, number))
    match node.operator:
        case Operator.ALL:
            wanted = len(children)
        case Operator.ANY:
            wanted = 1
        case Operator.AT_LEAST:
            wanted = node.n or 0
        case Operator.CREDITS | Operator.ECTS:
            most = sum(
                _most(child, child_number, candidates, node.operator)
                for child_number, child in children
            )
            return 0 < (node.n or 0) <= most
        case _:
            return False
    possible = sum(_is_possible(child, place, candidates) for place, child in children)
    return 0 < wanted <= possible


def _most(node: Node, number: int, candidates: Mapping[int, Sequence[Fact]], operator: str) -> int:
    if isinstance(node, Group):
        if not _is_possible(node, number, candidates):
            return 0
        return sum(
            _most(child, place, candidates, operator)
            for place, child in numbered_children(node, number)
        )
    if not item_of(node):
        return 0
    return max(
        (
            fact.minutes if operator == Operator.CREDITS else fact.ects
            for fact in candidates.get(number, ())
        ),
        default=0,
    )
