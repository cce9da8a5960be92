"""Who has newly met which rule, and what that earns upward, until nothing is new.

As ``credentials.actions.judge`` says it for one learner: by the newest version as far as those go;
then by the version that somebody has joined, one at a time, and upward again by the newest.
"""

from __future__ import annotations

import datetime
import heapq
from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

import numpy as np

from catalog.judging import satisfying
from catalog.rules import AchievementLeaf, SkillLeaf, leaves
from credentials.bulk.columns import Bits, column, has, members, none
from credentials.bulk.facts import NEVER, NO_GRADE, Array, instant, moment, months_later
from credentials.bulk.meaning import Meaning, Renewing
from credentials.bulk.world import Filed, World
from credentials.rulebook import Rule
from credentials.terms import RENEWAL_OPENS


@dataclass(frozen=True)
class Made:
    """These learners, by their places, have newly met the rule."""

    rule: Rule
    learners: Array
    is_renewal: bool = False


class Judging:
    """All learners of a world, at a moment.

    ``like``: a judging that has not run, for what it has put in order of the same tables.
    """

    def __init__(self, world: World, *, at: datetime.datetime, like: Judging | None = None) -> None:
        self.world = world
        self.at = at
        self.filed: Filed = Filed(world, like.filed if like else None)
        self.made: list[Made] = []
        is_same = like is not None and like.world.awards is world.awards
        self.awards: _Latest = like.awards.copy() if like and is_same else _Latest(world)
        self._joined = _joined(world)
        self._above: defaultdict[int, set[int]] = defaultdict(set)
        """By achievement, those whose rules name it or a skill that it proves."""
        self._graded: set[int] = set()
        """Achievements of whose awards somebody asks a grade."""
        for rule in world.rules.values():
            self._connect(rule)
        self._order = self._upward()

    def run(self) -> list[Made]:
        """Judge by every rule; what is newly earned, in the order in which it is."""
        self._newest(self.world.in_force)
        while (above := self._by_joined_versions()) is not None:
            self._newest(above)
        return self.made

    def earned(self, achievement_id: int) -> Bits:
        """Who was found to have earned it, or to have renewed it."""
        found = none(self.world.count)
        for one in self.made:
            if one.rule.achievement_id == achievement_id:
                found |= column(one.learners, self.world.count)
        return found

    # --- Which rule comes before which -----------------------------------------------------------

    def _connect(self, rule: Rule) -> None:
        for leaf in leaves(rule.tree):
            match leaf:
                case AchievementLeaf():
                    below = {leaf.achievement_id}
                case SkillLeaf():
                    below = {
                        self.filed.achievement_of[version]
                        for version in self.filed.proving.get(leaf.skill_id, ())
                        if version in self.filed.achievement_of
                    }
                case _:
                    continue
            for achievement_id in below:
                self._above[achievement_id].add(rule.achievement_id)
            if leaf.min_grade is not None:
                self._graded |= below

    def _upward(self) -> dict[int, int]:
        """A place for each achievement, after those that it stands on.

        Rules in force have no circle. With versions of before there may be one: going on until
        nothing is new does not mind.
        """
        order: list[int] = []
        seen: set[int] = set()
        for start in sorted(self.world.in_force):
            stack = [(start, iter(sorted(self._above[start])))]
            if start in seen:
                continue
            seen.add(start)
            while stack:
                current, above = stack[-1]
                following = next((one for one in above if one not in seen), None)
                if following is None:
                    order.append(current)
                    stack.pop()
                else:
                    seen.add(following)
                    stack.append((following, iter(sorted(self._above[following]))))
        return {achievement: place for place, achievement in enumerate(reversed(order))}

    def _newest(self, achievements: Iterable[int]) -> None:
        """By the rules in force of these, and of all above that learn of something new."""
        waiting = [(self._order.get(one, 0), one) for one in achievements]
        heapq.heapify(waiting)
        queued = {one for _, one in waiting}
        while waiting:
            _, achievement_id = heapq.heappop(waiting)
            queued.discard(achievement_id)
            version_id = self.world.in_force.get(achievement_id)
            rule = self.world.rules.get(version_id) if version_id else None
            if rule is None or not self._award(rule):
                continue
            for above in self._above[achievement_id] - queued:
                queued.add(above)
                heapq.heappush(waiting, (self._order.get(above, 0), above))

    def _award(self, rule: Rule) -> bool:
        """Award by a rule in force; whether there was anything to award."""
        unearned = members(self.meaning(rule).satisfied() & self.awards.open(rule.achievement_id))
        if len(unearned):
            self._note(rule, unearned)
        renewed = self._renewed(rule) if rule.is_renewable else unearned[:0]
        if len(renewed):
            self._note(rule, renewed, is_renewal=True)
        return bool(len(unearned) or len(renewed))

    def _by_joined_versions(self) -> set[int] | None:
        """A round of versions that were joined; the achievements above what that earned, if any.

        A learner gets one at a time, that of the lowest number: what it earns may be what the
        newest version of another asks for.
        """
        served = none(self.world.count)
        touched: set[int] = set()
        for (achievement_id, version_id), learners in self._joined.items():
            rule = self.world.rules.get(version_id)
            if rule is None or rule.is_current or achievement_id not in self.world.in_force:
                continue
            may = column(learners, self.world.count) & self.awards.open(achievement_id) & ~served
            if not may.any():
                continue
            found = members(self.meaning(rule).satisfied() & may)
            if len(found):
                self._note(rule, found)
                served |= column(found, self.world.count)
                touched |= self._above[achievement_id]
        return touched if served.any() else None

    def meaning(self, rule: Rule, renewing: Renewing | None = None) -> Meaning:
        return Meaning(
            rule.tree,
            self.filed,
            at=self.at,
            equivalents=not rule.is_of_a_course,
            renewing=renewing,
        )

    # --- New awards ------------------------------------------------------------------------------

    def _note(self, rule: Rule, learners: Array, *, is_renewal: bool = False) -> None:
        """The new awards are evidence at once."""
        self.made.append(Made(rule, learners, is_renewal))
        now = moment(self.at)
        until: Array | int = NEVER
        if rule.valid_months:
            starts = np.full(len(learners), now)
            if is_renewal:
                starts = np.maximum(now, self.awards.until(rule.achievement_id)[learners])
            until = months_later(starts, rule.valid_months)
        self.filed.add(
            learners,
            rule.version_id,
            at=now,
            until=until,
            grade=self._grades(rule, learners) if rule.achievement_id in self._graded else NO_GRADE,
        )
        self.awards.close(rule.achievement_id, learners)

    def _grades(self, rule: Rule, learners: Array) -> Array:
        candidates = self.meaning(rule).candidates(learners)
        grades = np.full(len(learners), NO_GRADE, dtype=np.int16)
        for place, learner in enumerate(learners.tolist()):
            found = satisfying(rule.tree, candidates[learner])
            if found is not None and found.grade is not None:
                grades[place] = int(found.grade * 100)
        return grades

    def _renewed(self, rule: Rule) -> Array:
        """Those whose award is about to expire, or has, and who have earned it again."""
        may, decided = self.awards.ending(rule.achievement_id, by=moment(self.at + RENEWAL_OPENS))
        if not len(may):
            return may
        since = np.full(self.world.count, NEVER)
        since[may] = decided
        is_delta = rule.renewal == "delta"
        meaning = self.meaning(rule, Renewing(rule.achievement_id, since, or_unchanged=is_delta))
        found = meaning.satisfied() & column(may, self.world.count)
        if not is_delta:
            return members(found)
        # Whether what is new counts hangs on the groups that it is in.
        learners = members(found & meaning.has_news(since))
        candidates = meaning.candidates(learners)
        return np.array(
            [
                learner
                for learner in learners.tolist()
                if satisfying(rule.tree, candidates[learner], since=instant(since[learner]))
            ],
            dtype=np.int64,
        )


def _joined(world: World) -> dict[tuple[int, int], Array]:
    """Who has joined which version, in the order of the achievements."""
    achievements, versions = world.pursuits["achievement"], world.pursuits["version"]
    pairs = sorted(set(zip(achievements.tolist(), versions.tolist(), strict=True)))
    return {
        (achievement, version): world.pursuits["learner"][versions == version]
        for achievement, version in pairs
    }


_NOBODY = (np.zeros(0, dtype=np.int64),) * 3


class _Latest:
    """The last award of each learner, by achievement: who may still earn it, who may renew it."""

    def __init__(self, world: World) -> None:
        self.count = world.count
        self._here = ~column(world.erased, self.count)
        self._closed: dict[int, Bits] = {}
        self._standing: dict[int, tuple[Array, Array, Array]] = {}
        rows = world.awards
        # What has fallen is as if it had never been made.
        counting = np.flatnonzero(~rows["has_fallen"])
        columns = (rows[name][counting] for name in ("number", "achievement", "learner"))
        order = counting[np.lexsort(tuple(columns))]
        learner, achievement = rows["learner"][order], rows["achievement"][order]
        is_last = np.ones(len(order), dtype=bool)
        is_last[:-1] = (learner[1:] != learner[:-1]) | (achievement[1:] != achievement[:-1])
        last = order[is_last]
        by_achievement = last[np.argsort(rows["achievement"][last], kind="stable")]
        names, starts = np.unique(rows["achievement"][by_achievement], return_index=True)
        for name, part in zip(names.tolist(), np.split(by_achievement, starts)[1:], strict=True):
            self._closed[name] = column(rows["learner"][part], self.count)
            stands = part[~rows["is_revoked"][part] & (rows["until"][part] != NEVER)]
            stands = stands[has(self._here, rows["learner"][stands])]
            self._standing[name] = tuple(rows[key][stands] for key in ("learner", "at", "until"))
        for name in np.unique(world.refusals["achievement"]).tolist():
            refused = world.refusals["learner"][world.refusals["achievement"] == name]
            refused_column = column(refused, self.count)
            self._closed[name] = self._closed_to(name) | refused_column
            if name in self._standing:
                kept = ~has(refused_column, self._standing[name][0])
                self._standing[name] = tuple(  # type: ignore[assignment]
                    values[kept] for values in self._standing[name]
                )

    def copy(self) -> _Latest:
        """What the one notes from now on, the other does not know."""
        made = copy(self)
        # Columns are replaced, never changed.
        made._closed, made._standing = dict(self._closed), dict(self._standing)
        return made

    def _closed_to(self, achievement_id: int) -> Bits:
        return self._closed.get(achievement_id, none(self.count))

    def open(self, achievement_id: int) -> Bits:
        """Who has no award that stands or was revoked by a decision, and may be given one."""
        return self._here & ~self._closed_to(achievement_id)

    def close(self, achievement_id: int, learners: Array) -> None:
        """Nobody is awarded the same thing twice in one judging."""
        self._closed[achievement_id] = self._closed_to(achievement_id) | column(
            learners, self.count
        )
        if achievement_id in self._standing:
            kept = ~has(column(learners, self.count), self._standing[achievement_id][0])
            self._standing[achievement_id] = tuple(  # type: ignore[assignment]
                values[kept] for values in self._standing[achievement_id]
            )

    def ending(self, achievement_id: int, *, by: int) -> tuple[Array, Array]:
        """Whose last award stands and ends by then, and when it was decided."""
        learners, at, until = self._standing.get(achievement_id, _NOBODY)
        ends = until <= by
        return learners[ends], at[ends]

    def until(self, achievement_id: int) -> Array:
        """When the last award ends, if it stands; of everyone."""
        learners, _, until = self._standing.get(achievement_id, _NOBODY)
        values = np.full(self.count, NEVER)
        values[learners] = until
        return values
