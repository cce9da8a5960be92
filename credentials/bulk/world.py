"""What all learners have, and the rules that it is judged by. Pure: no clock, no database."""

from __future__ import annotations

import datetime
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.judging import Item
from catalog.rules import AchievementLeaf, CourseLeaf, Leaf
from credentials.bulk.facts import (
    AWARD,
    COMPLETION,
    NEVER,
    RECOGNITION,
    Facts,
    item_code,
    moment,
    together,
)
from credentials.rulebook import Rule, Worth

Array = NDArray[Any]
Table = Mapping[str, Array]
"""Columns by name. ``learner`` is the learner's place in ``World.learners``."""

COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "completions": {
        "pk": np.int64,
        "learner": np.int32,
        "course": np.int32,
        "at": np.int64,
        "grade": np.int16,
        "edition": np.int32,
    },
    "awards": {
        "pk": np.int64,
        "learner": np.int32,
        "achievement": np.int32,
        "version": np.int32,
        "number": np.int32,
        "at": np.int64,
        "grade": np.int16,
        "until": np.int64,
        "is_revoked": np.bool_,
        "has_fallen": np.bool_,
        "is_by_hand": np.bool_,
    },
    "recognitions": {
        "pk": np.int64,
        "learner": np.int32,
        "course": np.int32,
        "skill": np.int32,
        "level": np.int8,
        "at": np.int64,
        "grade": np.int16,
        "until": np.int64,
        "issuer": np.int32,
    },
    "pursuits": {"learner": np.int32, "achievement": np.int32, "version": np.int32},
    "refusals": {"learner": np.int32, "achievement": np.int32},
}
"""The tables; 0 where a course, a skill or an issuer is not named, -1 where there is no grade."""


def table(name: str, rows: Sequence[Sequence[Any]] = ()) -> dict[str, Array]:
    """A table from rows."""
    columns = COLUMNS[name]
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return {
        column: np.array(value, dtype=dtype)
        for (column, dtype), value in zip(columns.items(), values, strict=True)
    }


_PIECE = 1 << 18


class Grouped:
    """The rows of a table by what they are of.

    Put in order piece by piece, so that what is moved at once fits into the processor's cache. A
    group is a part of each piece.
    """

    def __init__(self, rows: Table, by: str) -> None:
        names, places = _places(rows[by])
        self.rows = rows
        self.order = np.empty(len(places), dtype=np.int32)
        self.learner = np.empty_like(rows["learner"])
        bounds = []
        for begin in range(0, len(places), _PIECE):
            piece = slice(begin, begin + _PIECE)
            order = np.argsort(places[piece], kind="stable")
            self.order[piece] = order + begin
            self.learner[piece] = rows["learner"][piece][order]
            sizes = np.bincount(places[piece], minlength=len(names))
            bounds.append(begin + np.cumsum([0, *sizes]))
        self._bounds = np.array(bounds)
        self._places = {name: place for place, name in enumerate(names.tolist())}

    def __contains__(self, key: int) -> bool:
        return key in self._places

    def of(self, key: int) -> Group:
        place = self._places[key]
        starts, ends = self._bounds[:, place].tolist(), self._bounds[:, place + 1].tolist()
        return Group(self, [slice(*ends) for ends in zip(starts, ends, strict=True)])


class Group:
    """Rows of a table, whose columns are brought over when they are asked for."""

    def __init__(self, grouped: Grouped, parts: Sequence[slice]) -> None:
        self.grouped = grouped
        self.parts = parts

    @cached_property
    def learner(self) -> Array:
        return np.concatenate([self.grouped.learner[part] for part in self.parts])

    @cached_property
    def _which(self) -> Array:
        return np.concatenate([self.grouped.order[part] for part in self.parts])

    def __getitem__(self, name: str) -> Array:
        return self.grouped.rows[name][self._which]

    def later(self, *names: str) -> dict[str, Callable[[], Array]]:
        """What fetches each of these columns."""
        return {name: partial(self.__getitem__, name) for name in names}


def _places(keys: Array) -> tuple[Array, Array]:
    """The different keys, in order, and the place of each row's among them."""
    if not len(keys):
        return keys, keys
    if int(keys.max()) > 8 * len(keys) + 1024 or int(keys.min()) < 0:
        names, places = np.unique(keys, return_inverse=True)
        return names, places.astype(_width(len(names)))
    is_there = np.zeros(int(keys.max()) + 1, dtype=bool)
    is_there[keys] = True
    names = np.flatnonzero(is_there)
    place_of = (np.cumsum(is_there) - 1).astype(_width(len(names)))
    return names, place_of[keys]


def _width(names: int) -> type[np.integer[Any]]:
    # Of 16 bits numpy sorts by radix, which is several times as fast.
    return np.uint16 if names <= 1 << 16 else np.int64


@dataclass
class World:
    """The tables are those of ``COLUMNS``; the rest is what ``credentials.rulebook`` knows."""

    learners: Array
    completions: Table
    awards: Table
    recognitions: Table
    pursuits: Table
    refusals: Table
    rules: dict[int, Rule]
    """By version: those in force, and those that anybody has joined or was awarded by."""
    in_force: dict[int, int]
    """The version in force, by achievement."""
    courses: Mapping[int, Worth]
    providers: Mapping[int, int]
    versions: Mapping[int, Worth]
    issuers: Mapping[int, int]
    """Who awards, by achievement."""
    equivalences: Sequence[tuple[int, int, datetime.date]] = ()
    due: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    """Learners who wait to be judged."""
    erased: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    """Learners who are awarded nothing any more."""

    @property
    def count(self) -> int:
        return len(self.learners)

    def asking(self, rule: Rule) -> World:
        """The same, where new awards have the grades that this rule asks for, not in force yet."""
        rules = {**self.rules, rule.version_id: replace(rule, is_current=False)}
        return replace(self, rules=rules)

    def with_rule(self, rule: Rule, worth: Worth) -> World:
        """The same people and what they have, where this rule is in force instead."""
        rules = {**self.rules, rule.version_id: rule}
        versions = {**self.versions, rule.version_id: worth}
        courses = dict(self.courses)
        before = self.in_force.get(rule.achievement_id)
        if before in rules:
            rules[before] = replace(rules[before], is_current=False)
        if before in versions:
            versions[before] = replace(versions[before], is_current=False)
        if worth.course_id in courses:
            courses[worth.course_id] = replace(
                courses[worth.course_id], minutes=worth.minutes, ects=worth.ects
            )
        return replace(
            self,
            rules=rules,
            in_force={**self.in_force, rule.achievement_id: rule.version_id},
            versions=versions,
            courses=courses,
        )


def ways(
    edges: Sequence[tuple[int, int, datetime.date]],
) -> dict[int, list[tuple[int, datetime.date]]]:
    """By course, those that count as it, and from which day on.

    Through others, too: from the first day on which every step of some way is open.
    """
    coming = defaultdict(list)
    for course, counts_as, since in edges:
        coming[counts_as].append((course, since))
    found = {}
    for target in list(coming):
        days: dict[int, datetime.date] = {}
        frontier = [(datetime.date.min, target)]
        while frontier:
            day, at = heapq.heappop(frontier)
            if at in days:
                continue
            days[at] = day
            for course, since in coming.get(at, ()):
                heapq.heappush(frontier, (max(day, since), course))
        del days[target]
        found[target] = list(days.items())
    return found


class Filed:
    """The facts of a world by what leaves look for, and the awards that judging adds to them.

    What another one has put in order already, of the same tables, is taken from there.
    """

    completions: Grouped
    awards: Grouped
    course_recognitions: Grouped
    skill_recognitions: Grouped

    def __init__(self, world: World, like: Filed | None = None) -> None:
        self.world = world
        self.completions: Grouped = (
            like.completions
            if like and like.world.completions is world.completions
            else Grouped(world.completions, "course")
        )
        self.awards: Grouped = (
            like.awards
            if like and like.world.awards is world.awards
            else Grouped(_standing(world.awards), "achievement")
        )
        self.course_recognitions = Grouped(world.recognitions, "course")
        self.skill_recognitions = Grouped(world.recognitions, "skill")
        self.new: defaultdict[int, list[tuple[int, Facts]]] = defaultdict(list)
        self.proving: defaultdict[int, dict[int, int]] = defaultdict(dict)
        """By skill, the versions that prove it, each with the level."""
        for version_id, worth in world.versions.items():
            for skill_id, level in worth.skills:
                self.proving[skill_id][version_id] = level
        self.achievement_of = {
            int(version): int(achievement)
            for version, achievement in zip(
                *_pairs(world.awards["version"], world.awards["achievement"]), strict=True
            )
        } | {rule.version_id: rule.achievement_id for rule in world.rules.values()}
        self.standing_in = ways(world.equivalences)

    def facts(self, leaf: Leaf, *, equivalents: bool) -> Facts:
        """All that is of the right thing, whatever limits the leaf has."""
        match leaf:
            case CourseLeaf():
                parts = [*self._course(leaf.course_id)]
                if equivalents:
                    for course_id, day in self.standing_in.get(leaf.course_id, ()):
                        midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
                        parts += (
                            part[part.at >= moment(midnight)] for part in self._course(course_id)
                        )
            case AchievementLeaf():
                parts = [*self._awards(leaf.achievement_id)]
            case _:
                parts = [*self._skill(leaf.skill_id, leaf.level)]
        return together(parts)

    def held_for_good(self, item: Item) -> NDArray[np.bool_]:
        """Of everyone, who has an award of it that never expires."""
        found = np.zeros(self.world.count, dtype=bool)
        for achievement_id in self._achievements_of(item):
            for facts in self._awards(achievement_id):
                found[facts.learner[facts.until == NEVER]] = True
        return found

    def _achievements_of(self, item: Item) -> set[int]:
        kind, pk = item
        if kind == "achievement":
            return {pk}
        return {
            self.achievement_of[version_id]
            for version_id, worth in self.world.versions.items()
            if worth.course_id == pk and version_id in self.achievement_of
        }

    def _course(self, course_id: int) -> Iterator[Facts]:
        worth = self.world.courses.get(course_id, Worth())
        common = {
            "minutes": worth.minutes,
            "ects": worth.ects,
            "item": item_code(("course", course_id)),
        }
        if course_id in self.completions:
            rows = self.completions.of(course_id)
            yield Facts.of(
                rows.learner,
                kind=COMPLETION,
                issuer=self.world.providers.get(course_id, 0),
                is_current=lambda: rows["edition"] == worth.edition,
                **rows.later("at", "grade", "pk"),
                **common,
            )
        if course_id in self.course_recognitions:
            yield self._recognized(self.course_recognitions.of(course_id), **common)

    def _recognized(self, rows: Group, **columns: Any) -> Facts:
        given = rows.later("at", "grade", "until", "pk", "issuer")
        return Facts.of(rows.learner, kind=RECOGNITION, **given, **columns)

    def _awards(self, achievement_id: int) -> Iterator[Facts]:
        if achievement_id in self.awards:
            rows = self.awards.of(achievement_id)
            versions = rows["version"]
            for version_id in np.unique(versions).tolist():
                yield self._of_version(rows, versions, version_id)
        yield from (facts for _, facts in self.new.get(achievement_id, ()))

    def _of_version(self, rows: Group, versions: Array, version_id: int) -> Facts:
        given = rows.later("at", "grade", "until", "pk")
        columns = self._award_columns(version_id)
        if not columns["is_current"]:
            # What never expires is not awarded again: who holds it has no newer one to get.
            columns["is_current"] = lambda: rows["until"] == NEVER
        facts = Facts.of(rows.learner, **given, **columns)
        which = versions == version_id
        return facts if which.all() else facts[which]

    def _award_columns(self, version_id: int) -> dict[str, Any]:
        worth = self.world.versions[version_id]
        achievement_id = self.achievement_of[version_id]
        return {
            "kind": AWARD,
            "minutes": worth.minutes,
            "ects": worth.ects,
            "issuer": self.world.issuers.get(achievement_id, 0),
            "item": item_code(
                ("course", worth.course_id) if worth.course_id else ("achievement", achievement_id)
            ),
            "is_current": worth.is_current,
        }

    def _skill(self, skill_id: int, least: int) -> Iterator[Facts]:
        for version_id, level in self.proving.get(skill_id, {}).items():
            achievement_id = self.achievement_of.get(version_id)
            if level < least or achievement_id is None:
                continue
            if achievement_id in self.awards:
                rows = self.awards.of(achievement_id)
                yield self._of_version(rows, rows["version"], version_id).at_level(level)
            for of_version, facts in self.new.get(achievement_id, ()):
                if of_version == version_id:
                    yield facts.at_level(level)
        if skill_id in self.skill_recognitions:
            rows = self.skill_recognitions.of(skill_id)
            found = self._recognized(
                rows, item=lambda: _recognition_items(rows["pk"]), **rows.later("level")
            )
            yield found[found.level >= least]

    def add(
        self, learners: Array, version_id: int, *, at: int, until: Array | int, grade: Array | int
    ) -> None:
        """New awards are evidence at once. They have no rows yet, so no numbers."""
        facts = Facts.of(
            learners,
            at=at,
            until=until,
            grade=grade,
            pk=np.int64(-1),
            **self._award_columns(version_id),
        )
        self.new[self.achievement_of[version_id]].append((version_id, facts))


def _standing(awards: Table) -> Table:
    stands = ~awards["is_revoked"]
    return {name: values[stands] for name, values in awards.items()}


def _pairs(first: Array, second: Array) -> tuple[list[int], list[int]]:
    """The different pairs of two columns of which the first says the second."""
    names, places = np.unique(first, return_index=True)
    return names.tolist(), second[places].tolist()


def _recognition_items(pks: Array) -> Array:
    base = item_code(("recognition", 0))
    return pks * (item_code(("recognition", 1)) - base) + base
