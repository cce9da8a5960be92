"""Places in status lists: given at random, signed again whenever one changes."""

from __future__ import annotations

import datetime
import secrets
from array import array

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Organization
from credentials import addresses, keys
from credentials.documents import status_list_document
from credentials.models import Credential, Endorsement, LostPlace, StatusList
from credentials.models.status_lists import LIST_LENGTH
from credentials.vc import data_integrity
from credentials.vc.status_list import Purpose
from lib.prepared import Prepared, PreparedUpdate, Statement

FULL_AT = LIST_LENGTH // 2
"""Beyond this a list takes no more: random places would be hard to find, and it can go on
hiding which of them are in use."""

SPARE = 2
Place = tuple[StatusList, int]


def take_places(*, organization: Organization, count: int) -> list[Place]:
    """Random free places (Bitstring Status List §6.1: order would tell who was issued when).

    Call it in the transaction that stores their credentials: the list's row is locked until then.
    Each of several workers takes a list of its own, and a full one is followed by a new one.
    """
    places: list[Place] = []
    full = 0
    while len(places) < count:
        listed = _open_list(organization, after=full)
        wanted = min(count - len(places), FULL_AT - listed.places_taken)
        places += [(listed, index) for index in _free_indexes(listed, wanted)]
        listed.places_taken += wanted
        _USE.run(listed.pk, listed.places_taken)
        full = listed.number
    return places


_USE = PreparedUpdate(
    lambda pk, places_taken: (StatusList.objects.filter(pk=pk), {"places_taken": places_taken})
)
_COLUMNS = ("id", "public_id", "organization_id", "number", "places_taken", "signed_changes")
_OPEN = Prepared(
    lambda organization, full_at, after: (
        StatusList.objects.filter(
            organization=organization, places_taken__lt=full_at, number__gt=after
        )
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("number")
        .values_list(*_COLUMNS)[:1]
    )
)


def _open_list(organization: Organization, *, after: int) -> StatusList:
    for row in _OPEN.rows(organization.pk, FULL_AT, after):
        return StatusList.from_db(connection.alias, _COLUMNS, row)
    lists = StatusList.objects.filter(organization=organization)
    # Under the organization's lock: two workers must not make two lists of one number.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    newest = lists.order_by("-number").only("number").first()
    return StatusList.objects.create(
        organization=organization, number=newest.number + 1 if newest else 1
    )


# Place by place: while a list fills, what PostgreSQL knows of its size is old, and it would rather
# read all that has a place in it.
_TAKEN = Statement("""
SELECT place FROM unnest($2::int[]) AS place CROSS JOIN LATERAL (
    SELECT FROM credentials_credential
    WHERE status_list_id = $1 AND status_index = place LIMIT 1) AS found
UNION ALL SELECT place FROM unnest($2::int[]) AS place CROSS JOIN LATERAL (
    SELECT FROM credentials_endorsement
    WHERE status_list_id = $1 AND status_index = place LIMIT 1) AS found
UNION ALL SELECT place FROM unnest($2::int[]) AS place CROSS JOIN LATERAL (
    SELECT FROM credentials_lostplace
    WHERE status_list_id = $1 AND status_index = place LIMIT 1) AS found
""")


def _taken(status_list: int, indexes: list[int]) -> set[int | None]:
    if connection.vendor == "postgresql":
        return {index for (index,) in _TAKEN.rows(status_list, indexes)}
    wanted = {"status_list": status_list, "status_index__in": indexes}
    return {
        *Credential.objects.filter(**wanted).values_list("status_index", flat=True),
        *Endorsement.objects.filter(**wanted).values_list("status_index", flat=True),
        *LostPlace.objects.filter(**wanted).values_list("status_index", flat=True),
    }


def _free_indexes(listed: StatusList, count: int) -> list[int]:
    """The list's lock and the unique constraints keep one from being given twice."""
    free: dict[int, None] = {}
    while len(free) < count:
        # So many that enough of them will be free: mostly one look is all it takes.
        share = LIST_LENGTH / (LIST_LENGTH - listed.places_taken)
        drawn = _draw(int((count - len(free)) * share * 1.05) + SPARE)
        taken = _taken(listed.pk, drawn)
        free |= dict.fromkeys(index for index in drawn if index not in taken)
    # In the order in which they were drawn.
    return list(free)[:count]


def _draw(count: int) -> list[int]:
    """Places at random, at most so many and each of them once.

    Their number is a power of two, so the last bits of a random number are one of them; all come
    by one call of the system.
    """
    drawn = array("I", secrets.token_bytes(count * array("I").itemsize))
    return list(dict.fromkeys(number % LIST_LENGTH for number in drawn))


def sign_due(*, at: datetime.datetime) -> int:
    """Sign every list that no longer says what the rows say; returns how many."""
    pks = list(StatusList.objects.due().order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        sign(pk, at=at)
    return len(pks)


@transaction.atomic
def sign(pk: int, *, at: datetime.datetime) -> None:
    """Sign what has changed of the list, as its rows say now."""
    listed = (
        StatusList.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization")
        .defer("document", "suspension_document")
        .get(pk=pk)
    )
    # A revocation that comes now waits for this row and then counts ``changes`` up once more.
    changed: dict[str, object] = {}
    if listed.signed_changes != listed.changes:
        changed |= {
            "document": _signed(listed, Purpose.REVOCATION, at=at),
            "signed_at": at,
            "signed_changes": listed.changes,
        }
    if listed.signed_suspension_changes != listed.suspension_changes:
        changed |= {
            "suspension_document": _signed(listed, Purpose.SUSPENSION, at=at),
            "suspensions_signed_at": at,
            "signed_suspension_changes": listed.suspension_changes,
        }
    if changed:
        StatusList.objects.filter(pk=pk).update(**changed)


def _signed(listed: StatusList, purpose: Purpose, *, at: datetime.datetime) -> bytes:
    key = keys.active_key(organization=listed.organization, at=at)
    return data_integrity.sign(
        status_list_document(listed, purpose=purpose, indexes=_set_places(listed, purpose), at=at),
        private_key=keys.open_key(key),
        verification_method=addresses.key_id(key),
        created=at,
    )


def _set_places(listed: StatusList, purpose: Purpose) -> list[int]:
    credentials = Credential.objects.filter(status_list=listed)
    suspended = list(
        credentials.filter(suspended_at__isnull=False).values_list("status_index", flat=True)
    )
    if purpose == Purpose.SUSPENSION:
        return suspended
    # The suspended, too, for as long as they are: a credential names one list only, this one, and
    # whoever verifies it elsewhere must not take it for valid meanwhile.
    revoked = credentials.filter(revoked_at__isnull=False)
    return [
        *suspended,
        *revoked.values_list("status_index", flat=True),
        *(
            endorsement.status_index
            for endorsement in listed.endorsements.exclude(revoked_at=None).only("status_index")
            if endorsement.status_index is not None
        ),
        *listed.lost_places.values_list("status_index", flat=True),
    ]


def count_change(list_ids: list[int], purpose: Purpose) -> None:
    """Say that these lists are to be signed again, in the transaction that changes their places."""
    field = "changes" if purpose == Purpose.REVOCATION else "suspension_changes"
    # In one order for all, or two who change two lists would wait for each other.
    for pk in sorted(set(list_ids)):
        StatusList.objects.filter(pk=pk).update(**{field: F(field) + 1})
