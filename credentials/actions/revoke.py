"""Taking an award back, with what was stacked on it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from accounts.models import User
from catalog.judging import Fact, judge, qualifying, satisfying
from catalog.rules import Group, numbered
from credentials import journal, nudges, traces
from credentials.actions.status_lists import count_change
from credentials.evidence import Row, Standing, standings_of
from credentials.models import Award, AwardEvidence, AwardTrace, Credential
from credentials.models.credentials import CredentialQuerySet
from credentials.reasons import RESTED_ON, RESTS_ON_CHANGED
from credentials.renewing import evidence_since
from credentials.rulebook import book
from credentials.vc.status_list import Purpose
from lib.nudges import after_commit


class ReasonMissing(ValueError):
    """A revocation says why, to the learner and to whoever verifies."""


def falling_with(award: Award) -> list[Award]:
    """The awards that would no longer stand without this one, lowest first; shown before asking."""
    return fallen([award.learner_id], gone=[award.pk])


def fallen(learner_ids: Collection[int], *, gone: Collection[int] = ()) -> list[Award]:
    """The learners' awards by rule that do not stand on what there is, without those ``gone``.

    An award stands as long as the rule is met, as of the moment when it was decided, by evidence
    that has not been taken back: that recorded, or other. Evidence that rests on the award itself
    does not hold it up. That a fact has grown old or has expired since takes no award away.

    A few queries, however many learners.
    """
    standings = standings_of(learner_ids)
    awards: defaultdict[int, list[Award]] = defaultdict(list)
    for award in (
        Award.objects.standing()
        .filter(learner__in=learner_ids)
        .exclude(pk__in=gone)
        .select_related("version", "trace")
        .order_by("pk")
    ):
        awards[award.learner_id].append(award)
    resting = _resting([award.pk for of_one in awards.values() for award in of_one])
    return [
        award
        for learner_id, of_one in awards.items()
        for award in _falling(of_one, standings[learner_id], resting, gone=gone)
    ]


def _falling(
    awards: Sequence[Award],
    standing: Standing,
    resting: Mapping[int, Sequence[int]],
    *,
    gone: Collection[int],
) -> list[Award]:
    """Of one learner's awards those that fall, the lowest first."""
    found: list[Award] = []
    lost = set(gone)
    while newly := [
        award
        for award in awards
        if award.pk not in lost
        and award.granted_by_id is None
        and not _stands(
            award,
            standing,
            renewed=_renewed_by(award, standing, fallen={one.pk for one in found}),
            lost=lost | _above(award.pk, resting),
        )
    ]:
        # The lowest first: what it held up is looked at again without it.
        found.append(newly[0])
        lost.add(newly[0].pk)
    return found


def _resting(awards: Collection[int]) -> Mapping[int, Sequence[int]]:
    """By award, those that name it as their evidence."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = AwardEvidence.objects.filter(award__in=awards, supporting_award__isnull=False)
    for below, above in rows.values_list("supporting_award", "award"):
        found[below].append(above)
    return found


def _above(pk: int, resting: Mapping[int, Sequence[int]]) -> set[int]:
    """The award and all that rests on it."""
    found = {pk}
    frontier = [pk]
    while frontier:
        for above in resting.get(frontier.pop(), ()):
            if above not in found:
                found.add(above)
                frontier.append(above)
    return found


def _renewed_by(award: Award, standing: Standing, *, fallen: Collection[int]) -> Row | None:
    """The award that this one renews: the last before it that has not fallen."""
    before = (
        row
        for row in standing.awards
        if row.subject_id == award.achievement_id
        and row.number < award.number
        and row.note != Award.Cause.EVIDENCE
        and row.pk not in fallen
    )
    return max(before, key=lambda row: row.number, default=None)


def _stands(
    award: Award, standing: Standing, *, renewed: Row | None, lost: Collection[int]
) -> bool:
    rule = book.rule(award.version_id)
    if rule is None:
        return False
    evidence = standing.evidence(
        at=award.decided_at, equivalents=not rule.is_of_a_course, without=lost
    )
    recorded = _recorded(award)
    leaves = {number: leaf for number, leaf in numbered(rule.tree) if not isinstance(leaf, Group)}
    met: dict[int, list[Fact]] = {}
    for number, fact in recorded.items():
        for now in qualifying(leaves[number], evidence, at=award.decided_at):
            if (now.kind, now.pk) == (fact.kind, fact.pk):
                # Worth what it was worth then: a course that was shortened takes nothing away.
                met[number] = [fact]
    since = renewed.at if renewed else None
    if satisfying(rule.tree, met, since=since) is not None:
        return True
    if renewed is not None:
        # What was done for one term is not good for the next.
        evidence = evidence_since(renewed, rule, standing, at=award.decided_at, without=lost)
    return judge(rule.tree, evidence, at=award.decided_at, since=since) is not None


def _recorded(award: Award) -> dict[int, Fact]:
    try:
        return traces.facts_of(award.trace)
    except AwardTrace.DoesNotExist:
        return {}


@transaction.atomic
def revoke(*, award: Award, by: User, reason: str, at: datetime.datetime) -> list[Award]:
    """Revoke the award and all that falls with it; returns those. Repeating changes nothing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: the learner and whoever verifies the credential read it.")
    # The learner's lock, as for judging: nothing new may be stacked on it at this moment.
    User.objects.select_for_update(no_key=True).get(pk=award.learner_id)
    falling = falling_with(award)
    below = RESTED_ON.anew(name=award.version.name, reason=reason)
    _revoke([award], Award.Cause.DECISION, by=by, reason=reason, at=at)
    _revoke(falling, Award.Cause.EVIDENCE, by=by, reason=below[:500], at=at)
    return falling


@transaction.atomic
def revoke_fallen(*, learner_id: int, by: User, reason: str, at: datetime.datetime) -> list[Award]:
    """Revoke what no longer stands on the learner's evidence; returns that."""
    User.objects.select_for_update(no_key=True).get(pk=learner_id)
    falling = fallen([learner_id])
    said = RESTS_ON_CHANGED.anew(reason=reason)
    _revoke(falling, Award.Cause.EVIDENCE, by=by, reason=said[:500], at=at)
    return falling


def _revoke(
    awards: Sequence[Award], cause: str, *, by: User, reason: str, at: datetime.datetime
) -> None:
    for award in awards:
        standing = Award.objects.standing().filter(pk=award.pk)
        is_new = standing.update(
            revoked_at=at, revoked_by=by, revocation_reason=reason, revocation_cause=cause
        )
        revoked = revoke_credentials(
            Credential.objects.standing().filter(award=award), reason=reason, at=at
        )
        if is_new or revoked:
            journal.append(
                journal.Entry(
                    at=at,
                    reason=reason,
                    by=by.public_id,
                    award=award.public_id,
                    cause=cause,
                    places=revoked,
                )
            )
    if awards:
        after_commit(nudges.SIGN_STATUS_LISTS)


def revoke_credentials(
    credentials: CredentialQuerySet, *, reason: str, at: datetime.datetime
) -> list[journal.Place]:
    """Revoke these and say that their lists are to be signed; whoever calls writes the journal."""
    rows = list(
        credentials.select_for_update(no_key=True, of=("self",)).values_list(
            "pk", "public_id", "status_list", "status_list__public_id", "status_index"
        )
    )
    Credential.objects.filter(pk__in=[row[0] for row in rows]).update(
        revoked_at=at, revocation_reason=reason
    )
    count_change([row[2] for row in rows], Purpose.REVOCATION)
    return [
        journal.Place(credential=public_id, status_list=listed, index=index)
        for _, public_id, _, listed, index in rows
    ]
