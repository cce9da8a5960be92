"""Taking an award back, with what was stacked on it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from credentials import journal, nudges, telling
from credentials.actions.falling import fallen
from credentials.actions.status_lists import count_change
from credentials.models import Award, Credential
from credentials.models.credentials import CredentialQuerySet
from credentials.reasons import RESTED_ON, RESTS_ON_CHANGED
from credentials.vc.status_list import Purpose
from lib.nudges import after_commit


class ReasonMissing(ValueError):
    """A revocation says why, to the learner and to whoever verifies."""


def falling_with(award: Award) -> list[Award]:
    """The awards that would no longer stand without this one, lowest first; shown before asking."""
    return fallen([award.learner_id], gone=[award.pk])


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
        if is_new:
            telling.tell_of_revocation(award, at=at)
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
