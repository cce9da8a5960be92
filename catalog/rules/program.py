"""Rules as an integer program, which HiGHS solves exactly.

Nothing rests on the solver being right when it says that a rule is satisfied: ``meaning.support``
judges what it found, with whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from catalog.models import Operator
from catalog.rules.measuring import Item, item_of
from catalog.rules.tree import Group, Node, numbered, numbered_children

SECONDS = 10.0
"""After this long it counts as not solved; the largest rules take some milliseconds."""

Variable = Any
Number = int


class Offer(NamedTuple):
    """What a leaf can have, and what that is worth there, in minutes and ECTS.

    ``source`` is a variable of the program: it is there as far as that is; ``None``: it is there.
    """

    item: Item
    minutes: int = 0
    ects: int = 0
    source: Variable = None
    fact: Any = None


def _new_model() -> tuple[Any, Any, Any]:
    """A model, and the statuses of one that is solved and of one that nothing solves."""
    # Large, and rarely needed: most learners have each thing in one place only.
    import highspy  # noqa: PLC0415

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802
            # Before the first callback it would write its copyright to the standard output, which
            # belongs to whoever runs a command.
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    model = Silent()  # type: ignore[no-untyped-call]
    return model, highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible


class Program:
    """Variables: does this leaf get this thing; is this group satisfied.

    Unless ``whole``, a part of a thing counts in a sum of credits, in proportion.
    """

    def __init__(self, *, whole: bool = True) -> None:
        self.model, self._solved, self._impossible = _new_model()
        self.model.setOptionValue("threads", 1)
        self.model.setOptionValue("time_limit", SECONDS)
        self.whole = whole
        self.gets: list[tuple[Number, Offer, Variable]] = []

    def add(
        self,
        tree: Node | None,
        offers: Mapping[Number, Sequence[Offer]],
        *,
        through: Number | None = None,
    ) -> Variable:
        """A variable that can only be 1 if what the leaves get satisfies the rule.

        ``through``: a leaf that gets something, and whose groups are all satisfied.
        """
        if tree is None:
            return self.model.addVariable(0, 0)
        rule = _Rule(self, tree, offers)
        if through is not None:
            for number in _path_to(tree, through):
                self.model.addConstr(rule.met[number] == 1)
        return rule.satisfied

    def share(self) -> Variable:
        """A variable for how much of something there is, from 0 to 1."""
        return self.model.addBinary() if self.whole else self.model.addVariable(0, 1)

    def minimize(self, costs: Sequence[Variable]) -> float | None:
        """The least they add up to; ``None`` if nothing satisfies what is asked, or not in time."""
        self.model.minimize(*([sum(costs)] if costs else []))
        if self.model.getModelStatus() != self._solved:
            return None
        return float(self.model.getObjectiveValue())

    def is_possible(self) -> bool:
        """Whether anything satisfies what is asked; also where that is not known in time."""
        self.model.minimize()
        return bool(self.model.getModelStatus() != self._impossible)

    def values(self, variables: Sequence[Variable]) -> list[float]:
        return [float(value) for value in self.model.vals(list(variables))]


def _path_to(tree: Node, leaf: Number, number: Number = 0) -> Iterator[Number]:
    """The numbers of the node, of the leaf, and of the groups in between."""
    yield number
    if isinstance(tree, Group):
        for place, child in numbered_children(tree, number):
            if place <= leaf < place + child.size:
                yield from _path_to(child, leaf, place)


class _Rule:
    def __init__(
        self, program: Program, tree: Node, offers: Mapping[Number, Sequence[Offer]]
    ) -> None:
        self.program = program
        self.model = program.model
        self.nodes = dict(numbered(tree))
        self.shares: dict[Number, list[tuple[Offer, Variable]]] = {}
        for number, found in offers.items():
            self.shares[number] = [(offer, self._share_of(number, offer)) for offer in found]
        if isinstance(tree, Group) and tree.counts_once:
            self._each_counts_once()
        self.met: dict[Number, Variable] = {
            number: self._leaf_is_met([share for _, share in found])
            for number, found in self.shares.items()
            if found
        }
        self._satisfy(tree, 0)
        self.satisfied = self.met.get(0, None)
        if self.satisfied is None:
            self.satisfied = self.model.addVariable(0, 0)

    def _share_of(self, number: Number, offer: Offer) -> Variable:
        share = self.program.share()
        if offer.source is not None:
            self.model.addConstr(share <= offer.source)
        self.program.gets.append((number, offer, share))
        return share

    def _each_counts_once(self) -> None:
        by_item: dict[Item, list[Variable]] = {}
        for found in self.shares.values():
            for offer, share in found:
                by_item.setdefault(offer.item, []).append(share)
        for shares in by_item.values():
            self.model.addConstr(sum(shares) <= 1)

    def _leaf_is_met(self, shares: list[Variable]) -> Variable:
        self.model.addConstr(sum(shares) <= 1)
        is_met = self.model.addBinary()
        self.model.addConstr(is_met <= sum(shares))
        return is_met

    def _satisfy(self, node: Node, number: Number) -> None:
        """A variable that can only be 1 if the group is satisfied, for it and those in it."""
        if not isinstance(node, Group):
            return
        children = list(numbered_children(node, number))
        for child_number, child in children:
            self._satisfy(child, child_number)
        is_met = self.met[number] = self.model.addBinary()
        satisfied = sum(self.met.get(child_number, 0) for child_number, _ in children)
        match node.operator:
            case Operator.ALL if children:
                self.model.addConstr(satisfied >= len(children) * is_met)
            case Operator.ANY:
                self.model.addConstr(satisfied >= is_met)
            case Operator.AT_LEAST if node.n:
                self.model.addConstr(satisfied >= node.n * is_met)
            case Operator.CREDITS | Operator.ECTS if node.n:
                self.model.addConstr(self._sum(node, children) >= node.n * is_met)
            case _:
                self.model.addConstr(is_met <= 0)

    def _sum(self, group: Group, children: list[tuple[Number, Node]]) -> Variable:
        """What counts in the group; the same thing once, wherever it is worth the most."""
        by_item: dict[Item, list[Variable]] = {}
        worth: Variable = 0
        for number, child in children:
            for item, value, counts in self._counted(group, child, number, ()):
                worth += value * counts
                by_item.setdefault(item, []).append(counts)
        for counted in by_item.values():
            if len(counted) > 1:
                self.model.addConstr(sum(counted) <= 1)
        return worth

    def _counted(
        self, group: Group, node: Node, number: Number, between: tuple[Number, ...]
    ) -> Iterator[tuple[Item, int, Variable]]:
        """What each leaf is worth, and how much of that counts: as the groups between allow."""
        if isinstance(node, Group):
            for child_number, child in numbered_children(node, number):
                yield from self._counted(group, child, child_number, (*between, number))
        elif item_of(node):
            for offer, share in self.shares.get(number, ()):
                value = offer.minutes if group.operator == Operator.CREDITS else offer.ects
                if not value:
                    continue
                counts = self.program.share()
                for condition in (share, *(self.met[inner] for inner in between)):
                    self.model.addConstr(counts <= condition)
                yield offer.item, value, counts
