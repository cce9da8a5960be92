"""Endorsements: published by a curator of the endorser, signed by a worker, taken back."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.models import User
from credentials import addresses, endorsements, journal, keys, nudges
from credentials.actions.revoke import ReasonMissing
from credentials.actions.status_lists import count_change, sign, take_places
from credentials.models import Endorsement
from credentials.vc import data_integrity
from credentials.vc.canonical import NotCanonical
from credentials.vc.hygiene import UncleanText
from credentials.vc.status_list import Purpose
from lib.nudges import after_commit

BATCH = 50


@transaction.atomic
def publish_endorsement(*, endorsement: Endorsement, by: User, at: datetime.datetime) -> bool:
    """A worker signs it; whether it was a draft until now."""
    drafts = Endorsement.objects.filter(pk=endorsement.pk, published_at=None)
    after_commit(nudges.SIGN_ENDORSEMENTS)
    return bool(drafts.update(published_at=at, published_by=by))


@transaction.atomic
def sign_due_endorsements(*, at: datetime.datetime) -> int:
    """Sign one batch of those that were published, and return how many were tried."""
    due = list(
        Endorsement.objects.due()
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("endorser", "achievement__course", "achievement__track", "organization")
        # Always in this order: workers that lock two organizations must not cross.
        .order_by("endorser", "pk")[:BATCH]
    )
    for item in due:
        _sign(item, at=at)
    return len(due)


def _sign(item: Endorsement, *, at: datetime.datetime) -> None:
    # The place first, as for credentials.
    ((item.status_list, item.status_index),) = take_places(organization=item.endorser, count=1)
    key = keys.active_key(organization=item.endorser, at=at)
    try:
        document = data_integrity.sign(
            endorsements.draft(item, at=at),
            private_key=keys.open_key(key),
            verification_method=addresses.key_id(key),
            created=at,
        )
    except (NotCanonical, UncleanText) as error:
        Endorsement.objects.filter(pk=item.pk).update(failure=str(error)[:500])
        return
    Endorsement.objects.filter(pk=item.pk).update(
        document=document,
        key=key,
        status_list=item.status_list,
        status_index=item.status_index,
        signed_at=at,
    )
    if not item.status_list.signed_changes:
        sign(item.status_list.pk, at=at)


@transaction.atomic
def revoke_endorsement(
    *, endorsement: Endorsement, by: User, reason: str, at: datetime.datetime
) -> None:
    """Take it back. Repeating changes nothing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: whoever verifies the endorsement reads it.")
    found = Endorsement.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "status_list"
    )
    held = found.get(pk=endorsement.pk)
    if held.revoked_at:
        return
    Endorsement.objects.filter(pk=held.pk).update(
        revoked_at=at, revoked_by=by, revocation_reason=reason
    )
    if held.status_list is None or held.status_index is None:
        return
    count_change([held.status_list.pk], Purpose.REVOCATION)
    place = journal.Place(
        credential=held.public_id,
        status_list=held.status_list.public_id,
        index=held.status_index,
    )
    journal.append(journal.Entry(at=at, reason=reason, by=by.public_id, places=[place]))
    after_commit(nudges.SIGN_STATUS_LISTS)
