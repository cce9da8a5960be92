"""What a rule means for one learner (``docs/rules.md``). Pure: no clock, no database.

Fails closed: an empty group, an unknown operator or a number that cannot be met satisfies nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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


def judge(
    tree: Node,
    evidence: Evidence,
    *,
    at: datetime.datetime,
    since: datetime.datetime | None = None,
) -> Support | None:
    """What satisfies the rule at this moment, or ``None`` when it is not satisfied.

    ``since``: something that it rests on must be newer.
    """
    candidates = {
        number: found
        for number, leaf in numbered(tree)
        if not isinstance(leaf, Group) and (found := qualifying(leaf, evidence, at=at))
    }
    return satisfying(tree, candidates, since=since)


Candidates = Mapping[int, Sequence[Fact]]


def satisfying(
    tree: Node, candidates: Candidates, *, since: datetime.datetime | None = None
) -> Support | None:
    """As ``judge``, of the facts that satisfy each leaf, by its number, the newest first."""
    met = first_come(tree, candidates)
    newer = None if since is None else _newer(candidates, since)
    # Mostly what comes first is enough, and it is quick.
    tried = [None] if newer is None else [n for n in newer if met.get(n) in newer[n]]
    ways = (support(tree, met, through=number) for number in tried)
    if (found := next(filter(None, ways), None)) is not None:
        return found
    if not (_counts_once(tree) or is_worth_choosing(tree, candidates)):
        return None
    if not _is_possible(tree, 0, candidates):
        return None
    if newer is None:
        return _assigned(tree, candidates)
    ways = (_assigned(tree, {**candidates, n: facts}, through=n) for n, facts in newer.items())
    return next(filter(None, ways), None)


def _assigned(tree: Node, candidates: Candidates, *, through: int | None = None) -> Support | None:
    assigned = assign(tree, candidates, through=through)
    return None if assigned is None else support(tree, assigned, through=through)


def first_come(tree: Node, candidates: Candidates) -> dict[int, Fact]:
    """The newest fact for each leaf; where each thing counts once, of those that are still free."""
    if not _counts_once(tree):
        return {number: facts[0] for number, facts in candidates.items()}
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
    return met


def _counts_once(tree: Node) -> bool:
    return isinstance(tree, Group) and tree.counts_once


def is_worth_choosing(tree: Node, candidates: Candidates) -> bool:
    """Whether it matters in a sum which of its facts a leaf has."""
    return any(
        len({(fact.item, fact.minutes, fact.ects) for fact in candidates.get(number, ())}) > 1
        for number in leaves_of_sums(tree)
    )


def leaves_of_sums(tree: Node, number: int = 0, *, is_inside: bool = False) -> Iterator[int]:
    """The leaves whose worth is added up somewhere above them, by number."""
    if isinstance(tree, Group):
        is_inside = is_inside or tree.operator in (Operator.CREDITS, Operator.ECTS)
        for place, child in numbered_children(tree, number):
            yield from leaves_of_sums(child, place, is_inside=is_inside)
    elif is_inside and item_of(tree):
        yield number


def _newer(candidates: Candidates, since: datetime.datetime) -> dict[int, list[Fact]]:
    """Of the facts at each leaf those that are newer, where there are some."""
    found = {number: [f for f in facts if f.at > since] for number, facts in candidates.items()}
    return {number: facts for number, facts in found.items() if facts}


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


def support(tree: Node, met: Mapping[int, Fact], *, through: int | None = None) -> Support | None:
    """What the rule rests on when these leaves are met, each by the fact given; else ``None``.

    ``through``: a leaf that has to be among those that it rests on.
    """
    found = _support(tree, 0, dict(numbered(tree)), met, through)
    return None if found is None or through not in (None, *found) else Support(found)


Nodes = Mapping[int, Node]


def _support(
    node: Node, number: int, nodes: Nodes, met: Mapping[int, Fact], through: int | None = None
) -> dict[int, Fact] | None:
    if not isinstance(node, Group):
        return {number: met[number]} if number in met else None
    children = list(numbered_children(node, number))
    satisfied = [
        found
        for child_number, child in children
        if (found := _support(child, child_number, nodes, met, through)) is not None
    ]
    if through is not None:
        satisfied.sort(key=lambda found: through not in found)
    match node.operator:
        case Operator.ALL:
            wanted = len(children)
        case Operator.ANY:
            wanted = 1
        case Operator.AT_LEAST:
            wanted = node.n or 0
        case Operator.CREDITS | Operator.ECTS if node.n:
            return _enough(node, number, nodes, met, through)
        case _:
            return None
    if not 0 < wanted <= len(satisfied):
        return None
    return {leaf: fact for found in satisfied[:wanted] for leaf, fact in found.items()}


def _enough(
    group: Group, number: int, nodes: Nodes, met: Mapping[int, Fact], through: int | None
) -> dict[int, Fact] | None:
    """Leaves of the group, in their order, until what they are worth comes to what it asks for.

    With each go the leaves that satisfy the groups in between; first those through which it goes.
    """
    parts = [
        part
        for child_number, child in numbered_children(group, number)
        for part in _counting(child, child_number, nodes, met, through)
        if _value(group, nodes, part.number, part.fact)
    ]
    if through is not None:
        parts.sort(key=lambda part: through not in part.leaves)
    used: dict[int, Fact] = {}
    worth: dict[Item, int] = {}
    for part in parts:
        leaf = nodes[part.number]
        assert not isinstance(leaf, Group)
        item = identity(leaf, part.fact)
        used |= part.leaves
        worth[item] = max(worth.get(item, 0), _value(group, nodes, part.number, part.fact))
        if sum(worth.values()) >= (group.n or 0):
            return used
    return None


class _Counting(NamedTuple):
    """A met leaf that counts in a sum, and all leaves that it takes for that: itself included."""

    number: int
    fact: Fact
    leaves: dict[int, Fact]


def _counting(
    node: Node, number: int, nodes: Nodes, met: Mapping[int, Fact], through: int | None
) -> Iterator[_Counting]:
    if not isinstance(node, Group):
        if number in met:
            yield _Counting(number, met[number], {number: met[number]})
        return
    satisfying_it = _support(node, number, nodes, met, through)
    if satisfying_it is not None:
        for place, child in numbered_children(node, number):
            for part in _counting(child, place, nodes, met, through):
                yield part._replace(leaves=satisfying_it | part.leaves)


def _value(group: Group, nodes: Nodes, number: int, fact: Fact) -> int:
    """What the fact at this leaf is worth in a group of credits."""
    leaf = nodes[number]
    assert not isinstance(leaf, Group)
    if not item_of(leaf):
        return 0
    return fact.minutes if group.operator == Operator.CREDITS else fact.ects


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
