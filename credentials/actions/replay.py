"""Carrying out what the revocation journal says and the database has forgotten."""

from __future__ import annotations

import logging

from django.db import transaction

from accounts.models import User
from credentials import journal
from credentials.actions.status_lists import count_change
from credentials.models import (
    Award,
    Credential,
    Endorsement,
    JournalPosition,
    LostPlace,
    StatusList,
)
from credentials.vc.status_list import Purpose

logger = logging.getLogger(__name__)


def replay_revocations() -> int:
    """Revoke what the journal says was revoked; returns how many rows that changed.

    Costs one small query as long as the journal has not grown. Repeating changes nothing.
    """
    known = JournalPosition.objects.filter(pk=1).values_list("bytes", flat=True).first() or 0
    size = journal.size()
    if size < known:
        logger.error(
            "the revocation journal has %s bytes, but had %s: restore it from its own backup",
            size,
            known,
        )
    return _replay() if size > known else 0


@transaction.atomic
def _replay() -> int:
    changed = 0
    JournalPosition.objects.get_or_create(pk=1)
    # Locked, so that of several workers one replays.
    position = JournalPosition.objects.select_for_update().get(pk=1)
    for entry, end in journal.read(start=position.bytes):
        changed += _carry_out(entry)
        position.bytes = end
    position.save(update_fields=["bytes"])
    return changed


def _carry_out(entry: journal.Entry) -> int:
    changed = 0
    if entry.award:
        changed += (
            Award.objects.standing()
            .filter(public_id=entry.award)
            .update(
                revoked_at=entry.at,
                revoked_by=User.objects.filter(public_id=entry.by).first() if entry.by else None,
                revocation_reason=entry.reason,
                revocation_cause=entry.cause,
            )
        )
    known = Credential.objects.filter(public_id__in=[place.credential for place in entry.places])
    standing = known.standing()
    list_ids = list(standing.values_list("status_list", flat=True))
    changed += standing.update(revoked_at=entry.at, revocation_reason=entry.reason)
    count_change(list_ids, Purpose.REVOCATION)
    endorsed = Endorsement.objects.filter(
        public_id__in=[place.credential for place in entry.places]
    )
    standing_endorsements = endorsed.filter(revoked_at=None, published_at__isnull=False)
    listed = standing_endorsements.exclude(status_list=None)
    list_ids = list(listed.values_list("status_list", flat=True))
    changed += standing_endorsements.update(revoked_at=entry.at, revocation_reason=entry.reason)
    count_change(list_ids, Purpose.REVOCATION)
    there = {
        *known.values_list("public_id", flat=True),
        *endorsed.exclude(status_list=None).values_list("public_id", flat=True),
    }
    return changed + sum(
        _keep_set(place, entry) for place in entry.places if place.credential not in there
    )


def _keep_set(place: journal.Place, entry: journal.Entry) -> int:
    """The bit of what was issued after the backup was made, credential or endorsement."""
    listed = StatusList.objects.filter(public_id=place.status_list).only("pk").first()
    if listed is None or _is_taken(listed, place):
        # A list that is gone cannot be read, so nothing on it is taken as valid.
        logger.warning("revoked credential %s is not in this database", place.credential)
        return 0
    _, is_new = LostPlace.objects.get_or_create(
        credential_public_id=place.credential,
        defaults={
            "status_list": listed,
            "status_index": place.index,
            "revoked_at": entry.at,
            "revocation_reason": entry.reason,
        },
    )
    if is_new:
        count_change([listed.pk], Purpose.REVOCATION)
    return int(is_new)


def _is_taken(listed: StatusList, place: journal.Place) -> bool:
    """Whether somebody else got the place since the backup was restored."""
    # Whoever gives places holds the list until theirs are stored.
    StatusList.objects.select_for_update(no_key=True).only("pk").get(pk=listed.pk)
    there = {"status_list": listed, "status_index": place.index}
    return (
        Credential.objects.filter(**there).exists()
        or Endorsement.objects.filter(**there).exists()
        or LostPlace.objects.filter(**there).exclude(credential_public_id=place.credential).exists()
    )
