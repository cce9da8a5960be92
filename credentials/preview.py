"""What publishing would do, and to whom, before anything is published.

Everything is read once and judged three times: as it is; with what is to be published in force,
which is what publishing does; and as if everybody had moved to that.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog import drafting, rules
from catalog.drafting import Foreseen
from catalog.models import LEVEL_RANK, AchievementVersion, Course, Track
from catalog.reach import Need, need
from catalog.rules.measuring import hundredths
from catalog.stacks import Loader
from credentials.bulk import Judging, World, read_world
from credentials.bulk.columns import Bits, column, has, members, none, size
from credentials.bulk.distances import Distances, Left
from credentials.bulk.facts import Array, moment
from credentials.bulk.world import COLUMNS
from credentials.rulebook import Rule, Worth

NOT_PUBLISHED = -1
"""Stands for the number of the version that there is none of yet."""


class NothingToPreview(ValueError):
    """The message says why."""


class Effect(IntEnum):
    """What publishing means for somebody, or would if they moved to the new version."""

    GAINS = 1
    """Is awarded it (or its renewal) at once, and would not be by the rules in force."""
    LOSES = 2
    """Has met the rule that counts for them and waits to be awarded, but would not be by the new
    one; or could renew their award now, and no longer."""
    KEEPS = 3
    """Holds it and does not meet the new rule. What is held is never taken away."""
    CLOSER = 4
    """Has less left by the new rule than by the best that counts for them now."""
    FARTHER = 5
    """Has more left by the new rule; goes on by the version they keep unless they move."""


@dataclass(frozen=True)
class Above:
    """What becomes of another achievement, because of awards that it is stacked on."""

    achievement_id: int
    gain: int
    lose: int


@dataclass(frozen=True)
class Preview:
    """The columns belong together: each learner's primary key, and what it means for them.

    ``before`` and ``after`` are the minutes that are left by the best version that counts for them
    now, and by the new one; infinite where no course leads there. Whoever is under way and not
    among them is ``unchanged``.
    """

    learners: Array
    effect: NDArray[np.int8]
    before: Left
    after: Left
    unchanged: int
    above: tuple[Above, ...] = ()

    def number(self, *effects: Effect) -> int:
        return int(np.isin(self.effect, effects).sum())

    def of(self, *effects: Effect) -> Array:
        """The learners of whom this is true."""
        found: Array = self.learners[np.isin(self.effect, effects)]
        return found

    @property
    def gain(self) -> Array:
        return self.of(Effect.GAINS)

    @property
    def lose(self) -> Array:
        """Who would not have it if they were moved, held or not."""
        return self.of(Effect.LOSES, Effect.KEEPS)

    @cached_property
    def minutes_closer(self) -> int:
        """Altogether; without those whom nothing led there before."""
        return self._minutes(Effect.CLOSER)

    @cached_property
    def minutes_farther(self) -> int:
        """Altogether; without those whom nothing would lead there."""
        return self._minutes(Effect.FARTHER)

    def _minutes(self, effect: Effect) -> int:
        which = (self.effect == effect) & np.isfinite(self.before) & np.isfinite(self.after)
        return int(np.abs(self.before[which] - self.after[which]).sum())


def foreseen_of(item: Course | Track) -> Foreseen:
    """Raises ``NothingToPreview``, or ``InvalidRule`` where it could not be published."""
    foreseen = drafting.foreseen(item)
    if foreseen is None:
        raise NothingToPreview("Nothing is written yet that could be published.")
    return foreseen


def preview(draft: AchievementVersion, *, at: datetime.datetime) -> Preview:
    """What publishing this draft at this moment would mean.

    Raises ``NothingToPreview``, or ``InvalidRule`` where it could not be published.
    """
    item = draft.achievement.course or draft.achievement.track
    assert item is not None
    return preview_in(read_world(), foreseen_of(item), at=at)


def preview_in(world: World, foreseen: Foreseen, *, at: datetime.datetime) -> Preview:
    """The same in a world that has been read already."""
    comparison = Comparison(world, _rule(foreseen), _worth(foreseen), at=at)
    return _preview(comparison, foreseen)


def _rule(foreseen: Foreseen) -> Rule:
    return Rule(
        version_id=NOT_PUBLISHED,
        achievement_id=foreseen.achievement.pk,
        number=foreseen.number,
        tree=foreseen.tree,
        valid_months=foreseen.columns["valid_months"],
        renewal=foreseen.columns["renewal"],
        is_current=True,
        issuer_id=foreseen.achievement.awarding_body_id,
        is_of_a_course=foreseen.achievement.course_id is not None,
    )


def _worth(foreseen: Foreseen) -> Worth:
    return Worth(
        minutes=foreseen.columns["workload_minutes"],
        ects=hundredths(foreseen.columns["ects"]),
        course_id=foreseen.achievement.course_id,
        is_current=True,
        skills=tuple((pk, LEVEL_RANK[level]) for pk, level in foreseen.skills.items()),
    )


class Comparison:
    """The three judgings, and what tells them apart. Pure: nothing here asks the database."""

    def __init__(self, world: World, rule: Rule, worth: Worth, *, at: datetime.datetime) -> None:
        pk = self.achievement_id = rule.achievement_id
        changed = world.with_rule(rule, worth)
        self.held = _held(world, pk, at=at)
        self.now = Judging(world.asking(rule), at=at)
        kept = _kept(changed, pk, world.in_force.get(pk))
        self.published = Judging(kept, at=at, like=self.now)
        self.moved = Judging(_moved(changed, pk, self.held), at=at, like=self.now)
        for judging in (self.now, self.published, self.moved):
            judging.run()
        before, after, meets = (
            judging.earned(pk) for judging in (self.now, self.published, self.moved)
        )
        self.gains: Bits = after & ~before
        self.loses: Bits = (before & ~after) | (before & ~self.held & ~meets)
        self.keeps: Bits = self.held & ~meets & ~self.gains & ~self.loses

    def above(self) -> Iterator[Above]:
        before, after = _by_achievement(self.now), _by_achievement(self.published)
        nobody = none(self.now.world.count)
        for pk in sorted((before.keys() | after.keys()) - {self.achievement_id}):
            one, other = before.get(pk, nobody), after.get(pk, nobody)
            gain, lose = size(other & ~one), size(one & ~other)
            if gain or lose:
                yield Above(pk, gain, lose)

    def joined(self) -> Iterator[tuple[rules.Node, Array]]:
        """The older versions that somebody keeps, and who does."""
        pursuits = self.now.world.pursuits
        versions = pursuits["version"][pursuits["achievement"] == self.achievement_id]
        for version_id in np.unique(versions).tolist():
            rule = self.now.world.rules.get(version_id)
            if rule is not None and not rule.is_current:
                yield rule.tree, pursuits["learner"][pursuits["version"] == version_id]


def _preview(comparison: Comparison, foreseen: Foreseen) -> Preview:
    effect = np.zeros(comparison.now.world.count, dtype=np.int8)
    for bits, said in (
        (comparison.gains, Effect.GAINS),
        (comparison.loses, Effect.LOSES),
        (comparison.keeps, Effect.KEEPS),
    ):
        effect[members(bits)] = said
    before, after, unchanged = _on_the_way(comparison, foreseen, effect)
    after[effect == Effect.GAINS] = 0
    touched = np.flatnonzero(effect)
    return Preview(
        comparison.now.world.learners[touched],
        effect[touched],
        before[touched],
        after[touched],
        unchanged,
        tuple(comparison.above()),
    )


def _on_the_way(
    comparison: Comparison, foreseen: Foreseen, effect: NDArray[np.int8]
) -> tuple[Left, Left, int]:
    """What is left before and after; notes who comes closer or farther, and counts the rest."""
    now = comparison.now
    pk, track = comparison.achievement_id, foreseen.achievement.track
    before, after = np.full((2, now.world.count), math.inf)
    if track is None or pk not in now.world.in_force:
        return before, after, 0
    distances = Distances(now)
    by_force = distances.of(need(track))
    by_draft = distances.of(_need(track, foreseen.tree))
    before, after = by_force.left.copy(), by_draft.left.copy()
    is_begun = by_force.is_begun | by_draft.is_begun
    for tree, learners in comparison.joined():
        by_theirs = distances.of(_need(track, tree))
        before[learners] = np.minimum(before, by_theirs.left)[learners]
        is_begun[learners] |= by_theirs.is_begun[learners]
    is_open = is_begun & (effect == 0)
    is_open &= has(now.awards.open(pk), np.arange(now.world.count))
    effect[is_open & (after < before)] = Effect.CLOSER
    effect[is_open & (after > before)] = Effect.FARTHER
    return before, after, int((is_open & (effect == 0)).sum())


def _need(track: Track, tree: rules.Node) -> Need:
    return need(track, Loader(track.achievement, draft=tree))


def _by_achievement(judging: Judging) -> dict[int, Bits]:
    return {pk: judging.earned(pk) for pk in {made.rule.achievement_id for made in judging.made}}


def _held(world: World, achievement_id: int, *, at: datetime.datetime) -> Bits:
    """Whose award stands and has not expired."""
    rows = world.awards
    stands = (rows["achievement"] == achievement_id) & ~rows["is_revoked"]
    return column(rows["learner"][stands & (rows["until"] > moment(at))], world.count)


def _kept(changed: World, achievement_id: int, before: int | None) -> World:
    """Whoever is under way keeps the version that was in force.

    Nobody else can meet its rule, so that it does no harm to give it to all.
    """
    if before is None:
        return changed
    rows = changed.pursuits
    has_joined = np.zeros(changed.count, dtype=bool)
    has_joined[rows["learner"][rows["achievement"] == achievement_id]] = True
    others = np.flatnonzero(~has_joined)
    new: dict[str, Any] = {
        "learner": others,
        "achievement": achievement_id,
        "version": before,
    }
    pursuits = {
        name: np.concatenate([rows[name], np.broadcast_to(new[name], others.shape)]).astype(dtype)
        for name, dtype in COLUMNS["pursuits"].items()
    }
    return replace(changed, pursuits=pursuits)


def _moved(changed: World, achievement_id: int, held: Bits) -> World:
    """Everyone goes by the new version, and holds no award by another one."""
    pursuits = changed.pursuits["achievement"] != achievement_id
    awards = changed.awards["achievement"] != achievement_id
    kept = awards | ~has(held, changed.awards["learner"])
    return replace(
        changed,
        pursuits={name: values[pursuits] for name, values in changed.pursuits.items()},
        awards=changed.awards
        if kept.all()
        else {name: values[kept] for name, values in changed.awards.items()},
    )


# --- Kept for a while ----------------------------------------------------------------------------


def digest_of(foreseen: Foreseen) -> str:
    """Another one means that something else would be published."""
    columns, skills = sorted(foreseen.columns.items()), sorted(foreseen.skills.items())
    said = repr((foreseen.number, foreseen.tree, columns, skills))
    return hashlib.sha256(said.encode()).hexdigest()


def to_bytes(found: Preview) -> bytes:
    file = io.BytesIO()
    above = [(one.achievement_id, one.gain, one.lose) for one in found.above]
    np.savez_compressed(
        file,
        learners=found.learners,
        effect=found.effect,
        before=found.before,
        after=found.after,
        unchanged=np.int64(found.unchanged),
        above=np.array(above, dtype=np.int64).reshape(-1, 3),
    )
    return file.getvalue()


def from_bytes(kept: bytes) -> Preview:
    with np.load(io.BytesIO(kept), allow_pickle=False) as stored:
        return Preview(
            stored["learners"],
            stored["effect"],
            stored["before"],
            stored["after"],
            int(stored["unchanged"]),
            tuple(Above(*row) for row in stored["above"].tolist()),
        )
