"""Endorsements as documents, and those that stand for something."""

from __future__ import annotations

import datetime
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from accounts.models import Organization
from catalog.models import Achievement
from credentials import addresses
from credentials.documents import issuer_profile
from credentials.models import Endorsement
from credentials.vc import endorsements as vc
from credentials.vc import status_list
from lib.prepared import Prepared
from lib.text import clean_block

MOST_CARRIED = 3
"""In one credential; all of them are on the page of the achievement."""


def of(endorsed: Achievement | Organization) -> list[Endorsement]:
    """Those that stand, the newest first."""
    return list(
        endorsed.endorsements.standing()
        .select_related("endorser", "achievement", "organization")
        .order_by("-signed_at", "-pk")
    )


_STANDING = Prepared(
    lambda achievements: (
        Endorsement.objects.standing()
        .filter(achievement__in=achievements)
        .order_by("-signed_at", "-pk")
        .values_list("achievement", "document")
    )
)


def carried_by(achievement_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """What new credentials of these achievements carry: the newest that stand, as signed."""
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for achievement_id, document in _STANDING.rows(list(achievement_ids)):
        if len(found[achievement_id]) < MOST_CARRIED:
            found[achievement_id].append(json.loads(bytes(document)))
    return dict(found)


def documents(found: Iterable[Endorsement]) -> list[dict[str, Any]]:
    """As they were signed."""
    return [json.loads(bytes(one.document)) for one in found]


def with_endorsements(document: dict[str, Any], found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    carried = list(found)
    return {**document, "endorsement": carried} if carried else document


def draft(item: Endorsement, *, at: datetime.datetime) -> dict[str, Any]:
    """The unsigned ``EndorsementCredential`` of one that has its place in a status list."""
    assert item.status_list is not None
    assert item.status_index is not None
    if item.achievement:
        endorsed = addresses.achievement(item.achievement)
        name = str(item.achievement.course or item.achievement.track)
    else:
        assert item.organization is not None
        endorsed, name = addresses.issuer_did(item.organization), item.organization.name
    return vc.endorsement(
        id=addresses.endorsement(item),
        name=clean_block(f"Endorsement of {name}"),
        issuer=issuer_profile(item.endorser),
        endorsed=endorsed,
        comment=clean_block(item.comment),
        valid_from=at,
        status=status_list.entry(addresses.status_list(item.status_list), item.status_index),
    )


def find(address: str) -> Endorsement | None:
    """The signed endorsement at an address of this site."""
    try:
        public_id = uuid.UUID(address.strip().removeprefix(addresses.absolute("/endorsements/")))
    except ValueError:
        return None
    return Endorsement.objects.exclude(signed_at=None).filter(public_id=public_id).first()
