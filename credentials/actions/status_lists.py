"""Places in status lists: given at random, signed again whenever one changes."""

from __future__ import annotations

import datetime
import json
import secrets

from django.db import transaction
from django.db.models import F

from accounts.models import Organization
from credentials import addresses, keys
from credentials.documents import status_list_document
from credentials.models import Credential, StatusList
from credentials.models.status_lists import LIST_LENGTH
from credentials.vc.data_integrity import add_proof

FULL_AT = LIST_LENGTH // 2
"""Beyond this a list takes no more: random places would be hard to find, and it can go on
hiding which of them are in use."""


def open_list(*, organization: Organization) -> StatusList:
    """The organization's list with room, made when the last has none.

    Call it under the organization's lock (``keys.active_key`` takes it): two workers must not
    make two lists of one number.
    """
    newest = StatusList.objects.filter(organization=organization).order_by("-number").first()
    if newest and newest.places_taken < FULL_AT:
        return newest
    return StatusList.objects.create(
        organization=organization, number=newest.number + 1 if newest else 1
    )


def take_place(listed: StatusList) -> int:
    """A random free place (Bitstring Status List §6.1: order would tell who was issued when).

    The unique constraint on the credential's row keeps it from being given twice.
    """
    StatusList.objects.filter(pk=listed.pk).update(places_taken=F("places_taken") + 1)
    while True:
        index = secrets.randbelow(LIST_LENGTH)
        if not Credential.objects.filter(status_list=listed, status_index=index).exists():
            return index


def sign_due(*, at: datetime.datetime) -> int:
    """Sign every list that no longer says what the rows say; returns how many."""
    pks = list(StatusList.objects.due().order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        sign(pk, at=at)
    return len(pks)


@transaction.atomic
def sign(pk: int, *, at: datetime.datetime) -> None:
    """Sign the list as its rows say now."""
    listed = StatusList.objects.select_for_update().select_related("organization").get(pk=pk)
    key = keys.active_key(organization=listed.organization, at=at)
    revoked = Credential.objects.filter(status_list=listed, revoked_at__isnull=False)
    document = add_proof(
        status_list_document(
            listed, indexes=list(revoked.values_list("status_index", flat=True)), at=at
        ),
        private_key=keys.open_private_key(key),
        verification_method=addresses.key_id(key),
        created=at,
    )
    # A revocation that comes now waits for this row and then counts ``changes`` up once more.
    StatusList.objects.filter(pk=pk).update(
        document=json.dumps(document, ensure_ascii=False).encode(),
        signed_at=at,
        signed_changes=listed.changes,
    )
