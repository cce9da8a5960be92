"""Which leaf gets which thing, so that the whole rule is satisfied.

Taking the first that fits can fail where another choice succeeds: two branches may want the same
course while one of them could have another, or the newest be worth less in a sum. Flat rules are a
matching problem; with groups inside alternatives and sums of credits it is harder. So it is put as
an integer program: an assignment is found if there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.judging.facts import Fact, Item
from catalog.rules import Group, Leaf, Node, item_of, numbered
from catalog.rules.program import Offer, Program


def identity(leaf: Leaf, fact: Fact) -> Item:
    """What counts once. A course's completion and its credential are the same thing."""
    return fact.item or item_of(leaf) or (fact.kind, fact.pk)


def assign(
    tree: Node, candidates: Mapping[int, Sequence[Fact]], *, through: int | None = None
) -> dict[int, Fact] | None:
    """A fact for each of the leaves that are to be met; ``None`` if none will do.

    No thing is given twice where each counts once; elsewhere, it counts once in a sum.
    ``candidates`` are the facts that satisfy each leaf, by its number, the best first. ``through``
    is a leaf that has to be met, with all groups that it is in.
    """
    program = Program()
    satisfied = program.add(tree, _offers(tree, candidates), through=through)
    program.model.addConstr(satisfied == 1)
    gets = [share for _, _, share in program.gets]
    # The fewest things that will do, so that the award rests on no more than it needs.
    if not gets or program.minimize(gets) is None:
        return None
    return {
        number: offer.fact
        for (number, offer, _), value in zip(program.gets, program.values(gets), strict=True)
        if value > 0.5 and offer.fact
    }


def _offers(tree: Node, candidates: Mapping[int, Sequence[Fact]]) -> dict[int, list[Offer]]:
    """Each thing once for each worth that it has at a leaf, by the best of its facts."""
    found: dict[int, list[Offer]] = {}
    nodes = dict(numbered(tree))
    for number, facts in candidates.items():
        leaf = nodes[number]
        assert not isinstance(leaf, Group)
        known: dict[tuple[Item, int, int], Offer] = {}
        for fact in facts:
            worth = identity(leaf, fact), fact.minutes, fact.ects
            known.setdefault(worth, Offer(*worth, fact=fact))
        found[number] = list(known.values())
    return found
