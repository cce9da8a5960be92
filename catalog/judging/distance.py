"""How far a rule is from being satisfied: the least work that is left. Pure, and quick.

What is met counts freely here, wherever it is accepted. The distance is 0 exactly when the rule is
satisfied, and never grows with what is met. A sum of credits may be filled up with a part of its
last course, as the workload of a credential is stated: it is the least, no timetable.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from catalog.judging.assigning import identity
from catalog.judging.facts import Fact, Item
from catalog.judging.meaning import counted
from catalog.rules import Group, Node, Operator, item_of, numbered, numbered_children

Minutes = float
"""A whole number, or ``math.inf`` where nothing that is left to do satisfies the rule."""

MOST_CLOSED = 6
"""So many groups in a sum are each tried open and closed; of more, the sum is estimated lower."""


@dataclass(frozen=True)
class Work:
    """What it takes to meet a leaf, and what it is worth in a sum of minutes or ECTS."""

    left: Minutes
    minutes: int = 0
    ects: int = 0


def minutes_left(tree: Node, met: Mapping[int, Fact], work: Mapping[int, Work]) -> Minutes:
    """The least work left when these leaves are met; ``work`` has every leaf, by its number."""
    return _Distance(tree, met, work).left(tree, 0)


def each_left(tree: Node, met: Mapping[int, Fact], work: Mapping[int, Work]) -> dict[int, Minutes]:
    """The same of every node of it, by its number."""
    found = _Distance(tree, met, work)
    return {number: found.left(node, number) for number, node in found.nodes.items()}


class _Offer(NamedTuple):
    """What a part of a sum gives: for so much work so much worth, and more for more."""

    cost: Minutes = 0
    worth: Fraction = Fraction(0)
    more: tuple[tuple[Fraction, Fraction], ...] = ()


class _Distance:
    def __init__(self, tree: Node, met: Mapping[int, Fact], work: Mapping[int, Work]) -> None:
        self.nodes = dict(numbered(tree))
        self.met = met
        self.work = work
        self._known: dict[int, Minutes] = {}

    def left(self, node: Node, number: int) -> Minutes:
        if number not in self._known:
            self._known[number] = self._left(node, number)
        return self._known[number]

    def _left(self, node: Node, number: int) -> Minutes:
        if not isinstance(node, Group):
            # What is not met is never for nothing.
            return 0 if number in self.met else max(self.work[number].left, 1)
        if node.operator in (Operator.CREDITS, Operator.ECTS):
            return self._left_of_sum(node, number)
        most = wanted(node)
        if not 0 < most <= len(node.children):
            return math.inf
        children = numbered_children(node, number)
        return sum(sorted(self.left(child, at) for at, child in children)[:most])

    def _left_of_sum(self, group: Group, number: int) -> Minutes:
        if not group.n:
            return math.inf
        if self._earned(group, number) >= group.n:
            return 0
        inside = sum(isinstance(node, Group) for _, node in numbered(group)) - 1
        offers = self._offers_inside(group, number, group, closes=inside <= MOST_CLOSED)
        return max(
            1, min(offer.cost + _filled(group.n - offer.worth, offer.more) for offer in offers)
        )

    def _earned(self, group: Group, number: int) -> int:
        worth: dict[Item, int] = {}
        for child_number, child in numbered_children(group, number):
            for leaf_number, fact in counted(child, child_number, self.nodes, self.met):
                leaf = self.nodes[leaf_number]
                assert not isinstance(leaf, Group)
                item = identity(leaf, fact)
                value = _value(fact, group) if item_of(leaf) else 0
                worth[item] = max(worth.get(item, 0), value)
        return sum(worth.values())

    # --- Sums with groups in them ----------------------------------------------------------------

    def _offers(self, node: Node, number: int, of: Group, *, closes: bool) -> list[_Offer]:
        """What the part can give to the sum ``of``: one offer for each choice of groups to open."""
        if not isinstance(node, Group):
            return [self._offer_of_leaf(number, of)]
        inside = self._offers_inside(node, number, of, closes=closes)
        left = self.left(node, number)
        if left == 0 or not closes:
            return inside
        # It gives nothing before it is satisfied, which takes all that is left of it.
        return [_Offer(), *(_spent(offer, left) for offer in inside if left < math.inf)]

    def _offers_inside(self, group: Group, number: int, of: Group, *, closes: bool) -> list[_Offer]:
        parts = [
            self._offers(child, child_number, of, closes=closes)
            for child_number, child in numbered_children(group, number)
        ]
        return [
            _Offer(
                sum(one.cost for one in chosen),
                sum((one.worth for one in chosen), Fraction(0)),
                tuple(more for one in chosen for more in one.more),
            )
            for chosen in product(*parts)
        ]

    def _offer_of_leaf(self, number: int, of: Group) -> _Offer:
        worth = self._worth(number, of)
        fact = self.met.get(number)
        earned = min(_value(fact, of), worth) if fact else 0
        cost = max(self.work[number].left, 1)
        if earned == worth or cost == math.inf:
            return _Offer(worth=Fraction(earned))
        # What was worth less when it was done can be done again for the rest.
        return _Offer(0, Fraction(earned), ((Fraction(cost), Fraction(worth - earned)),))

    def _worth(self, number: int, of: Group) -> int:
        """What the leaf is worth once it is met."""
        leaf = self.nodes[number]
        assert not isinstance(leaf, Group)
        if not item_of(leaf):
            return 0
        fact = self.met.get(number)
        return max(_value(self.work[number], of), _value(fact, of) if fact else 0)


def wanted(group: Group) -> int:
    """How many children a group asks for that counts them."""
    match group.operator:
        case Operator.ALL:
            return len(group.children)
        case Operator.ANY:
            return 1
        case Operator.AT_LEAST:
            return group.n or 0
        case _:
            return 0


def _value(source: Fact | Work, group: Group) -> int:
    return source.minutes if group.operator == Operator.CREDITS else source.ects


def _cheapest_first(
    more: Iterable[tuple[Fraction, Fraction]],
) -> list[tuple[Fraction, Fraction]]:
    return sorted(more, key=lambda part: part[0] / part[1])


def _filled(missing: Fraction, more: Iterable[tuple[Fraction, Fraction]]) -> Minutes:
    """The least work that is worth so much, if parts of things count."""
    cost = Fraction(0)
    for work, worth in _cheapest_first(more):
        if missing <= 0:
            break
        part = min(Fraction(1), missing / worth)
        cost += work * part
        missing -= worth * part
    return math.inf if missing > 0 else math.ceil(cost)


def _spent(offer: _Offer, least: Minutes) -> _Offer:
    """The offer when at least so much work has to be done for it anyhow: the most for it."""
    budget = Fraction(least) - Fraction(offer.cost)
    if budget <= 0:
        return offer
    worth, rest = offer.worth, []
    for cost, gain in _cheapest_first(offer.more):
        part = min(Fraction(1), budget / cost)
        worth += gain * part
        budget -= cost * part
        if part < 1:
            rest.append((cost * (1 - part), gain * (1 - part)))
    return _Offer(least, worth, tuple(rest))
