"""How much work is left of a rule: ``catalog.reach.Progress``, for all learners at once.

Groups are a few operations over everyone. Sums of credits are filled up by whole numbers, the
least work for a credit first. Only sums with groups inside are put to ``catalog.judging.distance``,
once for each state that anybody is in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from catalog.judging import Fact, Item, distance, leaves_of_sums
from catalog.judging.distance import Work
from catalog.reach import Need, Step
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
from credentials.bulk.columns import members
from credentials.bulk.facts import COMPLETION, Array, Facts, item_code, moment, together
from credentials.bulk.judging import Judging
from credentials.bulk.meaning import Meaning

Left = NDArray[np.float64]
"""Minutes of everyone: whole numbers, or infinity where no course leads there."""


@dataclass(frozen=True)
class Stand:
    """Where everyone stands: the work that is left, and who has begun."""

    left: Left
    is_begun: NDArray[np.bool_]


class Distances:
    """Of the people of a judging that has run: what they have newly earned counts already."""

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.count = judging.world.count
        self._known: dict[int, list[tuple[Need, Stand]]] = {}
        self._held: dict[Item, NDArray[np.bool_]] = {}

    def of(self, need: Need) -> Stand:
        if need.tree is None:
            return Stand(np.full(self.count, math.inf), np.zeros(self.count, dtype=bool))
        return _Rule(need.tree, need, self).stand()

    def below(self, leaf: AchievementLeaf, need: Need) -> Stand:
        """The same of a track that a leaf names; each once, wherever it is named."""
        known = self._known.setdefault(leaf.achievement_id, [])
        for other, stand in known:
            if other == need:
                return stand
        known.append((need, self.of(need)))
        return known[-1][1]

    def held_for_good(self, item: Item) -> NDArray[np.bool_]:
        if item not in self._held:
            self._held[item] = self.judging.filed.held_for_good(item)
        return self._held[item]


@dataclass
class _Met:
    """Who meets a leaf, by which thing, and what that is worth."""

    is_met: NDArray[np.bool_]
    facts: Facts
    """One of each who meets it."""

    def amounts(self, operator: str) -> Array:
        return self.facts.minutes if operator == Operator.CREDITS else self.facts.ects


class _Rule:
    def __init__(self, tree: Node, need: Need, distances: Distances) -> None:
        self.tree = tree
        self.need = need
        self.distances = distances
        self.count = distances.count
        self.filed = distances.judging.filed
        self.meaning = Meaning(tree, self.filed, at=distances.judging.at, equivalents=True)
        self.nodes = dict(numbered(tree))
        self.below = {
            number: distances.below(step.leaf, step.below)
            for number, step in need.steps.items()
            if step.below is not None and isinstance(step.leaf, AchievementLeaf)
        }
        self.work = {number: self._work(number, step) for number, step in need.steps.items()}
        self.met = self._met()

    def stand(self) -> Stand:
        begun = np.zeros(self.count, dtype=bool)
        for met in self.met.values():
            begun |= met.is_met
        for below in self.below.values():
            begun |= below.is_begun
        left = self._left(0)
        if self.meaning.counts_once or any(leaves_of_sums(self.tree)):
            left[members(self.meaning.satisfied())] = 0
        return Stand(left, begun)

    # --- What each leaf takes, and what meets it -------------------------------------------------

    def _work(self, number: int, step: Step) -> Left:
        """Of everyone: who holds a thing for good is not awarded it again."""
        if number in self.below:
            item = item_of(step.leaf)
            assert item is not None
            held = self.distances.held_for_good(item)
            return np.where(held, math.inf, self.below[number].left)
        if isinstance(step.leaf, CourseLeaf):
            return np.broadcast_to(np.float64(step.total), (self.count,))
        work = np.full(self.count, math.inf)
        # The shortest comes first, so it is written last.
        for course_id, minutes in reversed(step.courses):
            work[~self.distances.held_for_good(("course", course_id))] = minutes
        return work

    def _met(self) -> dict[int, _Met]:
        taken = np.zeros(0, dtype=np.int64)
        found = {}
        for number, step in self.need.steps.items():
            is_met = np.zeros(self.count, dtype=bool)
            parts = []
            for facts in self._candidates(number, step):
                open_ = facts[~is_met[facts.learner]]
                if self.meaning.counts_once:
                    # Whoever comes first has it, as in ``catalog.reach``.
                    open_ = open_[~np.isin(_things(open_), taken)]
                one = _one_each(open_)
                is_met[one.learner] = True
                parts.append(one)
            chosen = _one_each(together(parts))
            if self.meaning.counts_once:
                taken = np.concatenate([taken, _things(chosen)])
            found[number] = _Met(is_met, chosen)
        return found

    def _candidates(self, number: int, step: Step) -> Iterator[Facts]:
        """What meets the leaf, or will as soon as what has been done is judged."""
        facts = self.meaning.qualifying(number)
        yield facts
        if isinstance(step.leaf, CourseLeaf):
            return
        is_open = np.ones(self.count, dtype=bool)
        is_open[facts.learner] = False
        if number in self.below:
            done = np.flatnonzero((self.work[number] == 0) & is_open)
            yield self._as_good_as_held(done, step)
            return
        for course_id, _ in step.courses:
            found = self._completions(step.leaf, course_id)
            may = is_open & ~self.distances.held_for_good(("course", course_id))
            yield found[may[found.learner]]

    def _as_good_as_held(self, learners: Array, step: Step) -> Facts:
        item = item_of(step.leaf)
        assert item is not None
        return Facts.of(
            learners,
            at=moment(self.meaning.at),
            kind=COMPLETION,
            pk=0,
            minutes=step.minutes,
            ects=step.ects,
            item=item_code(item),
        )

    def _completions(self, leaf: Leaf, course_id: int) -> Facts:
        """Completions of the course itself that keep the limits of the leaf."""
        limits = {
            name: getattr(leaf, name)
            for name in ("min_grade", "max_age_months", "issuer_id", "allows_prior_learning")
        }
        of_course = CourseLeaf(course_id, **limits)
        meaning = Meaning(of_course, self.filed, at=self.meaning.at, equivalents=False)
        facts = meaning.qualifying(0)
        return facts[facts.kind == COMPLETION]

    # --- Groups ----------------------------------------------------------------------------------

    def _left(self, number: int) -> Left:
        node = self.nodes[number]
        if not isinstance(node, Group):
            return np.where(self.met[number].is_met, 0.0, np.maximum(self.work[number], 1.0))
        if node.operator in (Operator.CREDITS, Operator.ECTS):
            if any(isinstance(child, Group) for child in node.children):
                return self._left_by_states(node, number)
            return self._left_of_sum(node, number)
        wanted = distance.wanted(node)
        if not 0 < wanted <= len(node.children):
            return np.full(self.count, math.inf)
        parts = [self._left(child) for child, _ in numbered_children(node, number)]
        if wanted == len(parts):
            return reduce(np.add, parts)
        if wanted == 1:
            return reduce(np.minimum, parts)
        least: Left = np.partition(np.stack(parts), wanted - 1, axis=0)[:wanted].sum(axis=0)
        return least

    def _left_of_sum(self, group: Group, number: int) -> Left:
        if not group.n:
            return np.full(self.count, math.inf)
        numbers = [child for child, _ in numbered_children(group, number)]
        is_enough = self._earned(group, numbers) >= group.n
        missing = np.full(self.count, group.n, dtype=np.int64)
        costs, gains = [], []
        for leaf in numbers:
            met, step = self.met[leaf], self.need.steps[leaf]
            worth = 0
            if item_of(step.leaf):
                worth = step.minutes if group.operator == Operator.CREDITS else step.ects
            gain = np.full(self.count, worth, dtype=np.int64)
            if item_of(step.leaf):
                amounts = met.amounts(group.operator)
                missing[met.facts.learner] -= amounts
                # What was worth less when it was done can be done again for the rest.
                gain[met.facts.learner] = np.maximum(worth - amounts, 0)
            cost = np.broadcast_to(np.maximum(self.work[leaf], 1.0), (self.count,))
            costs.append(cost)
            gains.append(np.where(np.isfinite(cost), gain, 0))
        left = np.maximum(_filled(missing, costs, gains), 1.0)
        left[is_enough] = 0
        return left

    def _earned(self, group: Group, numbers: Sequence[int]) -> Array:
        """What the met leaves are worth: the same thing once, at its most."""
        total = np.zeros(self.count, dtype=np.int64)
        some = [
            (met.facts, met.amounts(group.operator))
            for leaf in numbers
            if item_of(self.need.steps[leaf].leaf) and len((met := self.met[leaf]).facts)
        ]
        if not some:
            return total
        learners = np.concatenate([facts.learner for facts, _ in some])
        items = np.concatenate([facts.item for facts, _ in some])
        amounts = np.concatenate([values for _, values in some])
        order = np.lexsort((-amounts, items, learners))
        learners, items, amounts = learners[order], items[order], amounts[order]
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (learners[1:] != learners[:-1]) | (items[1:] != items[:-1])
        np.add.at(total, learners[is_first], amounts[is_first])
        return total

    # --- Sums with groups inside -----------------------------------------------------------------

    def _left_by_states(self, group: Group, number: int) -> Left:
        leaves = [n for n, node in numbered(group, number) if not isinstance(node, Group)]
        columns: list[Array] = []
        for leaf in leaves:
            met = self.met[leaf]
            for values in (np.int64(1), met.facts.minutes, met.facts.ects, met.facts.item):
                spread = np.zeros(self.count, dtype=np.int64)
                spread[met.facts.learner] = values
                columns.append(spread)
            columns.append(self.work[leaf])
        codes: Array = np.zeros(self.count, dtype=np.int64)
        for values in columns:
            places: Array = np.unique_inverse(values).inverse_indices
            codes = np.unique_inverse(codes * (places.max() + 1) + places).inverse_indices
        _, first = np.unique(codes, return_index=True)
        by_state = [self._left_of_one(group, number, leaves, learner) for learner in first.tolist()]
        return np.array(by_state, dtype=np.float64)[codes]

    def _left_of_one(self, group: Group, number: int, leaves: Sequence[int], learner: int) -> float:
        met, work = {}, {}
        for leaf in leaves:
            step = self.need.steps[leaf]
            left = self.work[leaf][learner]
            work[leaf - number] = Work(
                left if left == math.inf else int(left), step.minutes, step.ects
            )
            if self.met[leaf].is_met[learner]:
                met[leaf - number] = self._fact(leaf, learner)
        # Counting once stands on the root alone, and what is met is settled here.
        return distance.minutes_left(replace(group, counts_once=False), met, work)

    def _fact(self, leaf: int, learner: int) -> Fact:
        facts = self.met[leaf].facts
        row = int(np.searchsorted(facts.learner, learner))
        return Fact(
            pk=0,
            at=self.meaning.at,
            minutes=int(facts.minutes[row]),
            ects=int(facts.ects[row]),
            item=("thing", int(facts.item[row])),
        )


def _things(facts: Facts) -> Array:
    """A number for each learner's thing."""
    return facts.learner.astype(np.int64) << 32 | facts.item


def _one_each(facts: Facts) -> Facts:
    """The newest of each, in the order of the learners."""
    learner = facts.learner
    if len(learner) and (learner[1:] > learner[:-1]).all():
        return facts
    return facts.newest()


def _filled(missing: Array, costs: Sequence[Array], gains: Sequence[Array]) -> Left:
    """The least work that is worth so much, if a part of the last thing counts."""
    shape = len(missing), len(costs)
    cost = np.stack(costs, axis=1) if costs else np.zeros(shape)
    gain = np.stack(gains, axis=1) if gains else np.zeros(shape, dtype=np.int64)
    ratio = np.divide(cost, gain, out=np.full(shape, math.inf), where=gain > 0)
    order = np.argsort(ratio, axis=1, kind="stable")
    done = np.zeros(len(missing))
    missing = missing.copy()
    for place in order.T:
        rows = np.arange(len(missing))
        gained, spent = gain[rows, place], cost[rows, place]
        is_open = (missing > 0) & (gained > 0)
        is_last = is_open & (gained >= missing)
        is_whole = is_open & ~is_last
        done[is_whole] += spent[is_whole]
        worked = spent[is_last].astype(np.int64) * missing[is_last]
        done[is_last] += -(-worked // gained[is_last])
        missing = np.where(is_open, np.maximum(missing - gained, 0), missing)
    done[missing > 0] = math.inf
    return done
