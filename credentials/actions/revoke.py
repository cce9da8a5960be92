"""Taking an award back, with what was stacked on it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from catalog import rules
from catalog.judging import Evidence, judge
from credentials import nudges
from credentials.actions.judge import evidence_of
from credentials.models import Award, Credential, StatusList
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
    Award.objects.standing().filter(pk=award.pk).update(
        revoked_at=at, revoked_by=by, revocation_reason=reason
    )
    credentials = Credential.objects.standing().filter(award=award)
    list_ids = list(credentials.values_list("status_list", flat=True))
    credentials.update(revoked_at=at, revocation_reason=reason)
    # The row that says a list is to be signed again.
    StatusList.objects.filter(pk__in=list_ids).update(changes=F("changes") + 1)
