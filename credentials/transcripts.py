"""What a transcript says: the chosen credentials as they were signed, and what counts in what."""

from __future__ import annotations

import datetime
import json
import secrets
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from accounts.models import Organization, User
from credentials import addresses
from credentials.documents import SALT_BYTES, issuer_profile, shown_did
from credentials.models import AwardEvidence, Credential, Transcript
from credentials.models.credentials import CredentialQuerySet
from credentials.vc import clr
from credentials.vc import documents as vc
from lib.text import clean_block

MOST = 60
"""Credentials of one transcript: verifiers refuse documents that take them too long."""


def choosable(learner: User) -> CredentialQuerySet:
    """The learner's credentials that a transcript may hold: an earlier one has its successor."""
    return (
        Credential.objects.held_by(learner)
        .standing()
        .readable()
        .filter(suspended_at=None)
        .with_page_relations()
        .defer("document")
    )


def parts(credentials: Collection[Credential]) -> list[tuple[Credential, Credential]]:
    """Which of them counted in which other ones, by the evidence of the awards.

    Each achievement is named once, by the newest credential of it.
    """
    by_achievement = {
        one.award.achievement_id: one for one in sorted(credentials, key=lambda one: one.pk)
    }
    rows = AwardEvidence.objects.filter(
        award__in=[one.award_id for one in credentials]
    ).values_list(
        "award__achievement",
        "supporting_award__achievement",
        "enrollment__run__course__achievement",
    )
    found = {
        (part, whole)
        for whole, by_award, by_course in rows
        for part in (by_award, by_course)
        # A course's own credential rests on the course and on no part.
        if part in by_achievement and part != whole
    }
    return [(by_achievement[part], by_achievement[whole]) for part, whole in sorted(found)]


def draft(
    item: Transcript,
    *,
    credentials: Sequence[Credential],
    issuer: Organization,
    at: datetime.datetime,
) -> dict[str, Any]:
    """The unsigned ``ClrCredential``."""
    return clr.transcript(
        id=addresses.transcript(item),
        name=clean_block(item.name),
        issuer=issuer_profile(issuer),
        recipient=vc.Recipient(
            name=clean_block(item.learner.credential_name or item.learner.email),
            email=item.learner.email,
            salt=secrets.token_hex(SALT_BYTES),
            id=shown_did(item.learner),
        ),
        credentials=[json.loads(bytes(one.document)) for one in credentials],
        parts=[
            clr.PartOf(
                addresses.achievement(part.award.achievement),
                addresses.achievement(whole.award.achievement),
            )
            for part, whole in parts(credentials)
        ],
        is_partial=item.is_partial,
        valid_from=at,
    )


def find(address: str, *, reader: object) -> Transcript | None:
    """The signed transcript at an address of this site, if this reader may see it."""
    start = addresses.absolute("/transcripts/")
    try:
        public_id = uuid.UUID(address.strip().removeprefix(start))
    except ValueError:
        return None
    found = Transcript.objects.kept().exclude(signed_at=None).filter(public_id=public_id).first()
    if found is None or (found.visibility == Credential.Visibility.OFF and found.learner != reader):
        return None
    return found
