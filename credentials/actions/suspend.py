"""Taking a credential out of use for a while, and giving it back."""

from __future__ import annotations

import datetime

from django.db import models, transaction

from accounts.models import User
from credentials import nudges
from credentials.actions.revoke import ReasonMissing
from credentials.actions.status_lists import count_change
from credentials.models import Award, Credential
from credentials.vc.status_list import Purpose
from lib.nudges import after_commit


@transaction.atomic
def suspend(*, award: Award, by: User, reason: str, at: datetime.datetime) -> int:
    """Suspend the award's standing credentials; returns how many were not suspended yet."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: the learner and whoever verifies the credential read it.")
    return _change(
        Credential.objects.standing().filter(award=award, suspended_at=None),
        suspended_at=at,
        suspended_by=by,
        suspension_reason=reason,
    )


@transaction.atomic
def reinstate(*, award: Award) -> int:
    """End the suspension; returns how many credentials are in use again.

    Who did it and why is kept in the history of the award.
    """
    return _change(
        Credential.objects.filter(award=award, suspended_at__isnull=False),
        suspended_at=None,
        suspended_by=None,
        suspension_reason="",
    )


def _change(credentials: models.QuerySet[Credential], **values: object) -> int:
    # Locked, so that nobody changes them between being counted and being changed.
    rows = list(credentials.select_for_update(no_key=True).values_list("pk", "status_list"))
    Credential.objects.filter(pk__in=[pk for pk, _ in rows]).update(**values)
    for purpose in Purpose:
        count_change([list_id for _, list_id in rows], purpose)
    after_commit(nudges.SIGN_STATUS_LISTS)
    return len(rows)
