"""Taking an award back, with what was stacked on it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from catalog import rules
from credentials import nudges
from credentials.actions.judge import evidence_of
from credentials.judging import Evidence, judge
from credentials.models import Award, Credential, StatusList


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
    nudges.after_commit(nudges.SIGN_STATUS_LISTS)
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
