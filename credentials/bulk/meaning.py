"""Who satisfies a rule: ``catalog.judging.meaning``, for all learners at once."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from catalog.judging import Fact, leaves_of_sums, months_before, satisfying
from catalog.rules import Group, Leaf, Node, Operator, SkillLeaf, numbered, numbered_children
from credentials.bulk.columns import Bits, at_least, column, has, members, none
from credentials.bulk.facts import (
    COMPLETION,
    NEVER,
    NO_GRADE,
    RECOGNITION,
    Array,
    Facts,
    is_all,
    is_one_value,
    item_code,
    moment,
)
from credentials.bulk.world import Filed

_SUMS = frozenset({Operator.CREDITS, Operator.ECTS})


@dataclass(frozen=True)
class Renewing:
    """Only what is newer than each learner's last award counts, or, of some, what is unchanged.

    Awards of the achievement itself do not renew it.
    """

    achievement_id: int
    since: Array
    or_unchanged: bool

    def keeps(self, facts: Facts) -> NDArray[np.bool_]:
        fresh: NDArray[np.bool_] = facts.at > self.since[facts.learner]
        if not self.or_unchanged:
            return fresh
        is_itself = facts.item == item_code(("achievement", self.achievement_id))
        kept: NDArray[np.bool_] = fresh | (facts.is_current & ~is_itself)
        return kept


class Meaning:
    """One rule over everyone. Asks for each leaf's facts once."""

    def __init__(
        self,
        tree: Node,
        filed: Filed,
        *,
        at: datetime.datetime,
        equivalents: bool,
        renewing: Renewing | None = None,
    ) -> None:
        self.tree = tree
        self.filed = filed
        self.at = at
        self.equivalents = equivalents
        self.renewing = renewing
        self.count = filed.world.count
        self.counts_once = isinstance(tree, Group) and tree.counts_once
        self.nodes = dict(numbered(tree))
        self._facts: dict[int, Facts] = {}
        self._satisfied: dict[int, Bits] = {}

    def satisfied(self) -> Bits:
        found = self.holds(0)
        if self.counts_once:
            return found & ~column(self._by_choice(found)[0], self.count) if found.any() else found
        # Whom the newest facts leave short, others may not.
        short = self._with_other_worth() & ~found
        return found | column(self._by_choice(short)[1], self.count) if short.any() else found

    # --- Leaves ----------------------------------------------------------------------------------

    def leaf_numbers(self) -> list[int]:
        return [number for number, node in self.nodes.items() if not isinstance(node, Group)]

    def qualifying(self, number: int) -> Facts:
        """The facts that satisfy this leaf."""
        if number not in self._facts:
            leaf = self.nodes[number]
            assert not isinstance(leaf, Group)
            facts = self.filed.facts(leaf, equivalents=self.equivalents)
            tests = self._tests(leaf, facts)
            self._facts[number] = facts[np.all(tests, axis=0)] if tests else facts
        return self._facts[number]

    def _tests(self, leaf: Leaf, facts: Facts) -> list[NDArray[np.bool_]]:
        """For each limit, which facts keep it. What one glance tells is not asked of every fact."""
        tests: list[NDArray[np.bool_]] = []
        if leaf.min_grade is not None:
            tests.append((facts.grade != NO_GRADE) & (facts.grade >= int(leaf.min_grade * 100)))
        if leaf.max_age_months is not None:
            tests.append(facts.at >= moment(months_before(self.at, leaf.max_age_months)))
        if leaf.issuer_id is not None:
            tests.append(facts.issuer == leaf.issuer_id)
        if not (leaf.allows_prior_learning or is_all(facts.kind, COMPLETION)):
            tests.append(facts.kind != RECOGNITION)
        if not is_all(facts.until, NEVER):
            tests.append(facts.until > moment(self.at))
        if self.renewing:
            tests.append(self.renewing.keeps(facts))
        return tests

    # --- Groups ----------------------------------------------------------------------------------

    def holds(self, number: int) -> Bits:
        """Who meets this leaf, or satisfies this group; one thing may serve at every leaf."""
        if number not in self._satisfied:
            self._satisfied[number] = self._holds(number)
        return self._satisfied[number]

    def _holds(self, number: int) -> Bits:
        node = self.nodes[number]
        if not isinstance(node, Group):
            return column(self.qualifying(number).learner, self.count)
        if node.operator in _SUMS:
            if not node.n:
                return none(self.count)
            return column(np.flatnonzero(self.amount(number) >= node.n), self.count)
        parts = [self.holds(child) for child, _ in numbered_children(node, number)]
        match node.operator:
            case Operator.ALL if parts:
                return reduce(np.bitwise_and, parts)
            case Operator.ANY if parts:
                return reduce(np.bitwise_or, parts)
            case Operator.AT_LEAST if parts and node.n:
                return at_least(node.n, parts)
            case _:
                return none(self.count)

    def amount(self, number: int) -> Array:
        """What counts in a group of credits, of each learner: each thing once, at its most.

        Where each thing is to serve at one leaf, no more than this can count.
        """
        group = self.nodes[number]
        assert isinstance(group, Group)
        total = np.zeros(self.count, dtype=np.int64)
        parts = [
            self._worths(leaf_number, group.operator, between)
            for leaf_number, between in self._counted(group, number, ())
        ]
        if self.counts_once or _are_different_things([items for _, items, _ in parts]):
            for learners, _, amounts in parts:
                # One learner's second completion of a course replaces the first.
                total[learners] += amounts
            return total
        learners, items, amounts = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        learners, _, amounts = _largest(learners, items, amounts)
        np.add.at(total, learners, amounts)
        return total

    def _worths(
        self, number: int, operator: str, between: Sequence[int]
    ) -> tuple[Array, Array, Array]:
        """Who meets this leaf and all groups between, with what, and what that is worth."""
        facts = self.qualifying(number)

        def values() -> Array:
            return facts.minutes if operator == Operator.CREDITS else facts.ects

        if not (is_one_value(values()) and is_one_value(facts.item)):
            if self.counts_once:
                # At most so much: which fact serves here is decided later.
                learners, items, amounts = facts.learner, np.zeros_like(facts.item), values()
                return _largest(*self._within(between, learners, items, amounts))
            facts = facts.newest()
        return self._within(between, facts.learner, facts.item, values())

    def _within(self, between: Sequence[int], *columns: Array) -> tuple[Array, Array, Array]:
        for inner in between:
            kept = has(self.holds(inner), columns[0])
            columns = tuple(values[kept] for values in columns)
        learners, items, amounts = columns
        return learners, items, amounts

    def _counted(
        self, group: Group, number: int, between: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The leaves that can count, each with the groups in between."""
        for child_number, child in numbered_children(group, number):
            if isinstance(child, Group):
                yield from self._counted(child, child_number, (*between, child_number))
            elif not isinstance(child, SkillLeaf):
                yield child_number, between

    # --- Where it matters which fact serves at which leaf ----------------------------------------

    def _by_choice(self, possible: Bits) -> tuple[Array, Array]:
        """Of those who have a choice, who does not satisfy the rule whatever they choose; who does.

        Most have every thing at one leaf only. The others are few patterns of which thing could
        serve where; each pattern is judged once, by ``catalog.judging``.
        """
        learners, codes, choices = self._choices(possible & self._torn())
        if not choices:
            return learners[:0], learners[:0]
        who, rows = np.unique(learners, return_inverse=True)
        pattern = np.zeros((len(who), len(choices)), dtype=bool)
        pattern[rows, codes] = True
        packed = np.packbits(pattern, axis=1)
        _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        has_a_way = np.array(
            [
                self._is_satisfied_by([choices[code] for code in np.flatnonzero(pattern[row])])
                for row in first.tolist()
            ],
            dtype=bool,
        )
        satisfies = has_a_way[which.reshape(-1)]
        return who[~satisfies], who[satisfies]

    def _with_other_worth(self) -> Bits:
        """Who has facts at a leaf of a sum that are not worth the same there."""
        found = none(self.count)
        for number in leaves_of_sums(self.tree):
            facts = self.qualifying(number)
            if all(map(is_one_value, (facts.item, facts.minutes, facts.ects))):
                continue
            rows = np.stack([facts.item, facts.minutes, facts.ects], axis=1).astype(np.int64)
            kinds = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
            pairs = np.unique(np.stack([facts.learner.astype(np.int64), kinds], axis=1), axis=0)
            learners, times = np.unique(pairs[:, 0], return_counts=True)
            found |= column(learners[times > 1], self.count)
        return found

    def _torn(self) -> Bits:
        """Rather too many: everyone who has a thing that could serve at two leaves.

        In sums it also matters which of two facts serves at one leaf.
        """
        if any(getattr(node, "operator", "") in _SUMS for node in self.nodes.values()):
            return ~none(self.count)
        items = {number: self.qualifying(number).item for number in self.leaf_numbers()}
        kinds = [
            column_[:1] if is_one_value(column_) else np.unique(column_)
            for column_ in items.values()
        ]
        found, leaves_ = np.unique(np.concatenate(kinds), return_counts=True)
        shared = found[leaves_ > 1]
        torn = none(self.count)
        for number, column_ in items.items():
            torn |= column(self.qualifying(number).learner[np.isin(column_, shared)], self.count)
        return torn

    def _choices(self, possible: Bits) -> tuple[Array, Array, list[tuple[int, Fact]]]:
        """Which fact could serve at which leaf, for each learner with something to choose.

        Facts that differ in nothing that counts are one choice.
        """
        who: list[Array] = []
        codes: list[Array] = []
        kinds: list[list[int]] = []
        for number in self.leaf_numbers():
            learners, of_leaf, which = self._serving(number, possible)
            who.append(learners)
            codes.append(which + len(kinds))
            kinds += of_leaf
        if not kinds:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), []
        learners, which = np.concatenate(who), np.concatenate(codes)
        chosen = _with_a_choice(learners, np.array(kinds)[which])
        used, which = np.unique(which[chosen], return_inverse=True)
        choices = [
            (number, _stand_in(item, minutes, ects, place))
            for item, minutes, ects, number, place in (kinds[kind] for kind in used.tolist())
        ]
        return learners[chosen], which, choices

    def _serving(self, number: int, possible: Bits) -> tuple[Array, list[list[int]], Array]:
        """Learners, the different choices that they have at this leaf, and whose each is."""
        facts = self.qualifying(number)
        if len(facts) and all(map(is_one_value, (facts.item, facts.minutes, facts.ects))):
            # One fact of a learner is as good as another.
            learners = members(column(facts.learner, self.count) & possible)
            kind = [int(facts.item[0]), int(facts.minutes[0]), int(facts.ects[0]), number, 0]
            return learners, [kind], np.zeros(len(learners), dtype=np.int64)
        facts = facts[has(possible, facts.learner)]
        # By age, because the newest is tried first.
        order = np.lexsort((-facts.pk, facts.kind, -facts.at, facts.learner))
        facts = facts[order]
        place = np.arange(len(facts))
        is_first = np.ones(len(facts), dtype=bool)
        is_first[1:] = facts.learner[1:] != facts.learner[:-1]
        place -= np.maximum.accumulate(np.where(is_first, place, 0))
        rows = np.stack(
            [facts.item, facts.minutes, facts.ects, np.full(len(facts), number), place], axis=1
        ).astype(np.int64)
        learners, rows = _different(facts.learner, rows)
        kinds, which = np.unique(rows, axis=0, return_inverse=True)
        return learners, kinds.tolist(), which.reshape(-1)

    def _is_satisfied_by(self, choices: Sequence[tuple[int, Fact]]) -> bool:
        candidates: defaultdict[int, list[Fact]] = defaultdict(list)
        for number, fact in sorted(choices, key=lambda choice: (choice[0], -choice[1].pk)):
            candidates[number].append(fact)
        return satisfying(self.tree, candidates) is not None

    # --- A few learners, one by one --------------------------------------------------------------

    def candidates(self, learners: Array) -> dict[int, dict[int, list[Fact]]]:
        """The facts that satisfy each leaf, newest first, of each of these learners."""
        wanted = column(learners, self.count)
        found: dict[int, dict[int, list[Fact]]] = {int(learner): {} for learner in learners}
        for number in self.leaf_numbers():
            facts = self.qualifying(number)
            for learner, fact in facts[has(wanted, facts.learner)].plainly():
                found[learner].setdefault(number, []).append(fact)
        return found

    def has_news(self, since: Array) -> Bits:
        """Who has a fact at any leaf that is newer than this moment of theirs."""
        found = none(self.count)
        for number in self.leaf_numbers():
            facts = self.qualifying(number)
            found |= column(facts.learner[facts.at > since[facts.learner]], self.count)
        return found


def _are_different_things(items: Sequence[Array]) -> bool:
    """Whether each leaf is of one thing, and no two of the same."""
    some = [column_ for column_ in items if len(column_)]
    return all(map(is_one_value, some)) and len({int(column_[0]) for column_ in some}) == len(some)


def _largest(learners: Array, items: Array, amounts: Array) -> tuple[Array, Array, Array]:
    """Of each learner's same things, the one that is worth most."""
    order = np.lexsort((-amounts, items, learners))
    learners, items, amounts = learners[order], items[order], amounts[order]
    kept = np.ones(len(learners), dtype=bool)
    kept[1:] = (learners[1:] != learners[:-1]) | (items[1:] != items[:-1])
    return learners[kept], items[kept], amounts[kept]


def _different(learners: Array, rows: Array) -> tuple[Array, Array]:
    """Without facts that differ from a newer one of the learner in nothing but their age."""
    order = np.lexsort((*rows.T[::-1], learners))
    learners, rows = learners[order], rows[order]
    kept = np.ones(len(rows), dtype=bool)
    kept[1:] = (learners[1:] != learners[:-1]) | (rows[1:, :3] != rows[:-1, :3]).any(axis=1)
    return learners[kept], rows[kept]


def _with_a_choice(learners: Array, rows: Array) -> NDArray[np.bool_]:
    """The rows of learners who have a thing at two leaves, or two facts at a leaf."""
    wanted = np.zeros(int(learners.max(initial=-1)) + 1, dtype=bool)
    for by in (rows[:, 0], rows[:, 3]):
        order = np.lexsort((by, learners))
        same = (learners[order][1:] == learners[order][:-1]) & (by[order][1:] == by[order][:-1])
        wanted[learners[order][1:][same]] = True
    found: NDArray[np.bool_] = wanted[learners]
    return found


def _stand_in(item: int, minutes: int, ects: int, place: int) -> Fact:
    """A fact that counts like those that it stands for."""
    return Fact(
        pk=-place,
        at=datetime.datetime.min.replace(tzinfo=datetime.UTC),
        minutes=minutes,
        ects=ects,
        item=("thing", item),
    )
