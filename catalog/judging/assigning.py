"""Where each thing counts once: which leaf gets which, so that the whole rule is satisfied.

Taking the first that fits can fail where another choice succeeds: two branches may want the same
course while one of them could have another. Flat rules are a matching problem; with groups inside
alternatives and sums of credits it is harder. So it is put as an integer program, which HiGHS
solves exactly: an assignment is found if there is one. Nothing rests on the solver being right
when it says yes: ``meaning.support`` judges what it found, with whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.judging.facts import Fact, Item
from catalog.rules import Group, Leaf, Node, Operator, item_of, numbered, numbered_children

Choice = tuple[int, Item, int, int]
"""A leaf, a thing, and what the fact is worth there, in minutes and ECTS."""

SECONDS = 10.0
"""After this long the rule counts as not satisfied; the largest rules take some milliseconds."""


def identity(leaf: Leaf, fact: Fact) -> Item:
    """What counts once. A course's completion and its credential are the same thing."""
    return fact.item or item_of(leaf) or (fact.kind, fact.pk)


def assign(tree: Group, candidates: Mapping[int, Sequence[Fact]]) -> dict[int, Fact] | None:
    """A fact for each of the leaves that are to be met, no thing twice; ``None`` if none will do.

    ``candidates`` are the facts that satisfy each leaf, by its number, the best first.
    """
    return _Program(tree, candidates).solve()


class _Program:
    """Variables: does this leaf get this thing; is this group satisfied."""

    def __init__(self, tree: Group, candidates: Mapping[int, Sequence[Fact]]) -> None:
        # Large, and rarely needed: most learners have each thing in one place only.
        import highspy  # noqa: PLC0415

        self.model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solved = highspy.HighsModelStatus.kOptimal
        self.model.silent()
        self.model.setOptionValue("threads", 1)
        self.model.setOptionValue("time_limit", SECONDS)
        self.nodes = dict(numbered(tree))
        self.facts: dict[Choice, Fact] = {}
        for number, facts in candidates.items():
            leaf = self.nodes[number]
            assert not isinstance(leaf, Group)
            for fact in facts:
                choice = number, identity(leaf, fact), fact.minutes, fact.ects
                self.facts.setdefault(choice, fact)
        self.gets = {choice: self.model.addBinary() for choice in self.facts}
        self.met: dict[int, Any] = {}
        self._each_counts_once()
        self._satisfy(tree, 0)

    def _each_counts_once(self) -> None:
        by_leaf: dict[int, list[Any]] = {}
        by_item: dict[Item, list[Any]] = {}
        for (number, item, _, _), gets in self.gets.items():
            by_leaf.setdefault(number, []).append(gets)
            by_item.setdefault(item, []).append(gets)
        for chosen in (*by_leaf.values(), *by_item.values()):
            self.model.addConstr(sum(chosen) <= 1)
        self.met = {number: sum(chosen) for number, chosen in by_leaf.items()}

    def _satisfy(self, group: Group, number: int) -> None:
        """A variable that can only be 1 if the group is satisfied, for it and those in it."""
        children = list(numbered_children(group, number))
        for child_number, child in children:
            if isinstance(child, Group):
                self._satisfy(child, child_number)
        is_met = self.met[number] = self.model.addBinary()
        if number == 0:
            self.model.addConstr(is_met == 1)
        satisfied = sum(self.met.get(child_number, 0) for child_number, _ in children)
        match group.operator:
            case Operator.ALL:
                self.model.addConstr(satisfied >= len(children) * is_met)
            case Operator.ANY:
                self.model.addConstr(satisfied >= is_met)
            case Operator.AT_LEAST if group.n:
                self.model.addConstr(satisfied >= group.n * is_met)
            case Operator.CREDITS | Operator.ECTS if group.n:
                worth = sum(
                    value * counts
                    for child_number, child in children
                    for value, counts in self._counted(group, child, child_number, ())
                )
                self.model.addConstr(worth >= group.n * is_met)
            case _:
                self.model.addConstr(is_met <= 0)

    def _counted(
        self, group: Group, node: Node, number: int, between: tuple[int, ...]
    ) -> Iterator[tuple[int, Any]]:
        """What each leaf is worth, and a variable: it is met, and so are the groups between."""
        if isinstance(node, Group):
            for child_number, child in numbered_children(node, number):
                yield from self._counted(group, child, child_number, (*between, number))
        elif item_of(node):
            for (leaf_number, _, minutes, ects), gets in self.gets.items():
                if leaf_number != number:
                    continue
                value = minutes if group.operator == Operator.CREDITS else ects
                counts = gets
                if between:
                    counts = self.model.addBinary()
                    for condition in (gets, *(self.met[inner] for inner in between)):
                        self.model.addConstr(counts <= condition)
                yield value, counts

    def solve(self) -> dict[int, Fact] | None:
        if not self.gets:
            return None
        # The fewest things that will do, so that the award rests on no more than it needs.
        self.model.minimize(sum(self.gets.values()))
        if self.model.getModelStatus() != self.solved:
            return None
        chosen = zip(self.gets, self.model.vals(list(self.gets.values())), strict=True)
        return {choice[0]: self.facts[choice] for choice, value in chosen if value > 0.5}
