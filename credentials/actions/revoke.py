"""Taking an award back, with what was stacked on it."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.models import User
from catalog import rules
from catalog.judging import Evidence, judge
from credentials import journal, nudges
from credentials.actions.judge import evidence_of
from credentials.actions.status_lists import count_change
from credentials.models import Award, Credential
from credentials.models.credentials import CredentialQuerySet
from credentials.vc.status_list import Purpose
from enrollment.models import Enrollment
from lib.nudges import after_commit


class ReasonMissing(ValueError):
    """A revocation says why, to the learner and to whoever verifies."""


def falling_with(award: Award, *, at: datetime.datetime) -> list[Award]:
    """The awards that would no longer stand without this one, lowest first; shown before asking."""
    completions, held = evidence_of([award.learner_id])
    gone = {award.pk}
    falling: list[Award] = []
    frontier = [award]
    while frontier:
        resting = (
            Award.objects.standing()
            .filter(evidence__supporting_award__in=frontier)
            .exclude(pk__in=gone)
            .select_related("version")
            .distinct()
            .order_by("pk")
        )
        frontier = []
        for candidate in resting:
            left = {
                achievement: [fact for fact in facts if fact.pk not in gone]
                for achievement, facts in held[award.learner_id].items()
            }
            tree = rules.load(candidate.version)
            # The rule may be met by other evidence; then the award stands.
            if tree and judge(tree, Evidence(completions[award.learner_id], left), at=at):
                continue
            gone.add(candidate.pk)
            frontier.append(candidate)
        falling += frontier
    return falling


@transaction.atomic
def revoke(*, award: Award, by: User, reason: str, at: datetime.datetime) -> list[Award]:
    """Revoke the award and all that falls with it; returns those. Repeating changes nothing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: the learner and whoever verifies the credential read it.")
    # The learner's lock, as for judging: nothing new may be stacked on it at this moment.
    User.objects.select_for_update(no_key=True).get(pk=award.learner_id)
    fallen = falling_with(award, at=at)
    _revoke_one(award, by=by, reason=reason, at=at)
    for above in fallen:
        below = f"It rested on “{award.version.name}”, which was revoked: {reason}"
        _revoke_one(above, by=by, reason=below[:500], at=at)
    after_commit(nudges.SIGN_STATUS_LISTS)
    return fallen


@transaction.atomic
def revoke_resting_on(
    enrollment: Enrollment, *, by: User, reason: str, at: datetime.datetime
) -> list[Award]:
    """Revoke what no longer stands without this completion, which was undone; returns that."""
    User.objects.select_for_update(no_key=True).get(pk=enrollment.learner_id)
    completions, held = evidence_of([enrollment.learner_id])
    left = Evidence(completions[enrollment.learner_id], held[enrollment.learner_id])
    fallen: list[Award] = []
    awards = Award.objects.standing().filter(evidence__enrollment=enrollment)
    for award in awards.select_related("version").order_by("pk"):
        tree = rules.load(award.version)
        if tree is None or judge(tree, left, at=at) is None:
            said = f"The completion that it rests on was undone: {reason}"[:500]
            fallen += [award, *revoke(award=award, by=by, reason=said, at=at)]
    return fallen


def _revoke_one(award: Award, *, by: User, reason: str, at: datetime.datetime) -> None:
    standing = Award.objects.standing().filter(pk=award.pk)
    is_new = standing.update(revoked_at=at, revoked_by=by, revocation_reason=reason)
    revoked = revoke_credentials(
        Credential.objects.standing().filter(award=award), reason=reason, at=at
    )
    if is_new or revoked:
        journal.append(
            journal.Entry(
                at=at, reason=reason, by=by.public_id, award=award.public_id, places=revoked
            )
        )


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
