"""Where each thing counts once: which leaf gets which, so that the whole rule is satisfied.

Taking the first that fits can fail where another choice succeeds: two branches may want the same
course while one of them could have another. Flat rules are a matching problem; with groups inside
alternatives and sums of credits it is harder. So it is put as an integer program: an assignment is
found if there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.judging.facts import Fact, Item
from catalog.judging.program import Offer, Program
from catalog.rules import Group, Leaf, item_of, numbered


def identity(leaf: Leaf, fact: Fact) -> Item:
    """What counts once. A course's completion and its credential are the same thing."""
    return fact.item or item_of(leaf) or (fact.kind, fact.pk)


def assign(tree: Group, candidates: Mapping[int, Sequence[Fact]]) -> dict[int, Fact] | None:
    """A fact for each of the leaves that are to be met, no thing twice; ``None`` if none will do.

    ``candidates`` are the facts that satisfy each leaf, by its number, the best first.
    """
    program = Program()
    program.model.addConstr(program.add(tree, _offers(tree, candidates)) == 1)
    gets = [share for _, _, share in program.gets]
    # The fewest things that will do, so that the award rests on no more than it needs.
    if not gets or program.minimize(gets) is None:
        return None
    return {
        number: offer.fact
        for (number, offer, _), value in zip(program.gets, program.values(gets), strict=True)
        if value > 0.5 and offer.fact
    }


def _offers(tree: Group, candidates: Mapping[int, Sequence[Fact]]) -> dict[int, list[Offer]]:
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
