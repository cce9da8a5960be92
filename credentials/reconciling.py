"""Do the awards agree with their rules? Everything is judged anew, and compared."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from catalog.models import AchievementVersion
from credentials.actions.falling import fallen
from credentials.actions.judgement_requests import request_judgement
from credentials.bulk import Judging, World, evidence_in_doubt, read_world
from credentials.bulk.facts import NEVER, Array, moment
from credentials.models import Drift, ReconcileRequest, ReconcileRun

LISTED = 1000
"""So many are listed one by one; all are counted, and repaired."""
RUNS_KEPT = 30
AT_ONCE = 500
"""Learners whose awards are looked at closer together."""


@dataclass(frozen=True)
class Found:
    """``award_id`` is that which should not be as it is; ``None``: one is missing."""

    kind: Drift.Kind
    learner_id: int
    achievement_id: int
    reason: str
    award_id: int | None = None


def reconcile(*, at: datetime.datetime, repair: bool) -> ReconcileRun:
    """Compare, write down what was found, and put right what is safe.

    Whoever is missing an award is put in the queue to be judged. What stands without reason waits
    for a curator: taking a credential back is never done by itself.
    """
    # Whoever asks from here on may ask for what is read too early.
    answered = list(ReconcileRequest.objects.values_list("pk", flat=True))
    world = read_world()
    missing = list(_missing(world, at=at))
    found = [*_without_reason(world), *_wrong_versions(world), *missing]
    with transaction.atomic():
        run = ReconcileRun.objects.create(
            at=at,
            learners=world.count,
            awards=int(_by_rule(world).sum()),
            found=len(found),
            repaired=len(missing) if repair else 0,
        )
        Drift.objects.bulk_create(
            Drift(
                run=run,
                kind=one.kind,
                learner_id=one.learner_id,
                achievement_id=one.achievement_id,
                award_id=one.award_id,
                reason=one.reason,
            )
            for one in found[:LISTED]
        )
        if repair:
            request_judgement(learner_ids={one.learner_id for one in missing}, at=at)
            ReconcileRequest.objects.filter(pk__in=answered).delete()
        kept = ReconcileRun.objects.values_list("pk", flat=True)[:RUNS_KEPT]
        ReconcileRun.objects.exclude(pk__in=list(kept)).delete()
    return run


def _by_rule(world: World) -> Array:
    """Which awards stand, and were made by a rule."""
    standing: Array = ~world.awards["is_revoked"] & ~world.awards["is_by_hand"]
    return standing


def _missing(world: World, *, at: datetime.datetime) -> Iterator[Found]:
    """Who meets a rule and has no award, and does not wait to be judged anyway."""
    for made in Judging(world, at=at).run():
        said = f"The rule of version {made.rule.number} is met"
        said += ", and the award can be renewed." if made.is_renewal else "."
        for place in made.learners[~np.isin(made.learners, world.due)].tolist():
            learner_id = int(world.learners[place])
            yield Found(Drift.Kind.MISSING, learner_id, made.rule.achievement_id, said)


def _without_reason(world: World) -> Iterator[Found]:
    """Awards that nothing holds up any more.

    Those whose recorded evidence is all there stand; the few others are looked at closer.
    """
    doubtful = evidence_in_doubt(world, which=_by_rule(world))
    learners = world.learners[np.unique(world.awards["learner"][doubtful])].tolist()
    for start in range(0, len(learners), AT_ONCE):
        for award in fallen(learners[start : start + AT_ONCE]):
            yield Found(
                Drift.Kind.SURPLUS,
                award.learner_id,
                award.achievement_id,
                f"What it rests on has been taken back or changed, and nothing else meets version"
                f" {award.version.number}.",
                award.pk,
            )


def _wrong_versions(world: World) -> Iterator[Found]:
    """Awards by a version that had been replaced, or was not there yet, when they were decided."""
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    numbers: dict[int, int] = {}
    before: tuple[int, int] | None = None
    versions = AchievementVersion.objects.published().order_by("achievement", "number")
    for pk, achievement_id, number, published_at in versions.values_list(
        "pk", "achievement", "number", "published_at"
    ):
        assert published_at is not None
        begins[pk], ends[pk], numbers[pk] = moment(published_at), NEVER, number
        if before and before[0] == achievement_id:
            ends[before[1]] = begins[pk]
        before = achievement_id, pk
    which = np.flatnonzero(_by_rule(world))
    at, version = world.awards["at"][which], world.awards["version"][which]
    is_late = (at < _spread(begins)[version]) | (at >= _spread(ends)[version])
    columns = (world.pursuits[name].tolist() for name in ("learner", "achievement", "version"))
    joined = {(learner, one): version for learner, one, version in zip(*columns, strict=True)}
    for row in which[is_late].tolist():
        learner, achievement, version_id, pk = (
            int(world.awards[name][row]) for name in ("learner", "achievement", "version", "pk")
        )
        # Who has joined a version may have moved on since, never back.
        if numbers[version_id] > numbers.get(joined.get((learner, achievement), 0), 0):
            yield Found(
                Drift.Kind.WRONG_VERSION,
                int(world.learners[learner]),
                achievement,
                f"Version {numbers[version_id]} was not in force when it was decided, and the"
                " learner had not joined it.",
                pk,
            )


def _spread(values: dict[int, int]) -> Array:
    """By version, for looking up many at once."""
    found = np.zeros(max(values, default=0) + 1, dtype=np.int64)
    found[list(values)] = list(values.values())
    return found
