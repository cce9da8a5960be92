"""Credentials that are to be replaced: their awards stand, and get successors.

When a key may be in other hands, what it signed gets successors that are signed with another.
"""

from __future__ import annotations

import datetime

from django.db import models, transaction

from credentials import journal, keys, nudges
from credentials.actions.revoke import revoke_credentials
from credentials.models import Award, Credential, SigningKey, StatusList
from credentials.models.credentials import CredentialQuerySet
from credentials.reasons import KEY_NOT_TRUSTED
from lib.nudges import after_commit

BATCH = 500
REASON = str(KEY_NOT_TRUSTED)


class StillActive(Exception):
    """Successors would be signed with the key that they are to replace."""


def reissue_signed_by(
    *, key: SigningKey, since: datetime.datetime | None = None, at: datetime.datetime
) -> int:
    """Revoke what the key signed since then, or at all, and make its awards due again.

    Returns how many.

    Repeating finishes what was cut off. What was revoked before stays as it is.
    """
    if key.retired_at is None:
        raise StillActive(key)
    count = 0
    while found := _reissue_some(key, since, at=at):
        count += found
    return count


@transaction.atomic
def _reissue_some(
    key: SigningKey, since: datetime.datetime | None, *, at: datetime.datetime
) -> int:
    standing = Credential.objects.standing().filter(key=key)
    if since:
        standing = standing.filter(issued_at__gte=since)
    some = list(standing.order_by("pk").values_list("pk", flat=True)[:BATCH])
    replace(Credential.objects.standing().filter(pk__in=some), reason=REASON, at=at)
    return len(some)


@transaction.atomic
def replace(credentials: CredentialQuerySet, *, reason: str, at: datetime.datetime) -> None:
    """Revoke these and make those of their awards that stand due again."""
    awards = list(credentials.values_list("award", flat=True))
    places = revoke_credentials(credentials, reason=reason, at=at)
    Award.objects.standing().filter(pk__in=awards).update(issued_at=None, due_at=at)
    if places:
        journal.append(journal.Entry(at=at, reason=reason, places=places))
    after_commit(nudges.ISSUE)
    after_commit(nudges.SIGN_STATUS_LISTS)


def distrust(*, key: SigningKey, at: datetime.datetime) -> None:
    """Accept nothing that the key signed, whenever: the issuer no longer vouches for it.

    Repeating finishes what was cut off.
    """
    organization = key.organization
    with transaction.atomic():
        if key.retired_at is None:
            keys.rotate(organization=organization, at=at)
        SigningKey.objects.filter(pk=key.pk, distrusted_at=None).update(distrusted_at=at)
    # The lists that it signed would be refused with it. By themselves: issuing holds a list
    # before it takes a key.
    StatusList.objects.filter(organization=organization).update(
        changes=models.F("changes") + 1, suspension_changes=models.F("suspension_changes") + 1
    )
    after_commit(nudges.SIGN_STATUS_LISTS)
