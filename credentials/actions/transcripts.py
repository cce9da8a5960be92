"""Transcripts: asked for by their learner, signed by a worker, deleted when the learner says so."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from credentials import addresses, issuers, keys, nudges, reasons, transcripts
from credentials.models import Credential, Transcript, TranscriptEntry
from credentials.models.transcripts import TranscriptQuerySet
from credentials.vc import data_integrity, jwt, multikey
from credentials.vc.canonical import NotCanonical
from credentials.vc.hygiene import UncleanText
from credentials.vc.verify import MAX_BYTES
from lib.nudges import after_commit

BATCH = 20


class CannotMakeTranscript(Exception):
    """What was chosen is not the learner's to put together, or is none or too many."""


@transaction.atomic
def request_transcript(
    *, learner: User, credentials: Collection[Credential], name: str, at: datetime.datetime
) -> Transcript:
    """A worker signs it. Raises ``CannotMakeTranscript``."""
    every = set(transcripts.choosable(learner).values_list("pk", flat=True))
    chosen = {one.pk for one in credentials}
    if not chosen or len(chosen) > transcripts.MOST or not chosen <= every:
        raise CannotMakeTranscript
    made = Transcript.objects.create(
        learner=learner, name=name, is_partial=chosen != every, requested_at=at
    )
    TranscriptEntry.objects.bulk_create(
        TranscriptEntry(transcript=made, credential_id=pk) for pk in sorted(chosen)
    )
    after_commit(nudges.SIGN_TRANSCRIPTS)
    return made


@transaction.atomic
def sign_due_transcripts(*, at: datetime.datetime) -> int:
    """Sign one batch of transcripts that were asked for, and return how many were tried."""
    due = list(
        Transcript.objects.due()
        .filter(learner__erased_at=None)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("learner")
        .order_by("requested_at", "pk")[:BATCH]
    )
    for item in due:
        _sign(item, at=at)
    return len(due)


def _sign(item: Transcript, *, at: datetime.datetime) -> None:
    issuer = issuers.platform()
    key = keys.active_key(organization=issuer, at=at)
    jwt_key = keys.active_key(organization=issuer, kind=keys.Kind.P256, at=at)
    # What was revoked since it was asked for is no part of it.
    credentials = list(
        item.credentials.standing().readable().select_related("award__achievement").order_by("pk")  # type: ignore[attr-defined]
    )
    try:
        if not credentials:
            raise NotCanonical(reasons.NOTHING_VALID)
        # By the reference: no two transcripts have one shape.
        signed = data_integrity.add_proof(
            transcripts.draft(item, credentials=credentials, issuer=issuer, at=at),
            private_key=keys.open_key(key),
            verification_method=addresses.key_id(key),
            created=at,
        )
        document = json.dumps(signed, ensure_ascii=False).encode()
        if len(document) > MAX_BYTES:
            raise NotCanonical(reasons.TOO_LARGE)
    except (NotCanonical, UncleanText) as error:
        Transcript.objects.filter(pk=item.pk).update(failure=str(error)[:500])
        return
    header = jwt.header(
        multikey.decode_p256(jwt_key.public_key_multibase), key_id=addresses.jwk_id(jwt_key)
    )
    Transcript.objects.filter(pk=item.pk).update(
        document=document,
        token=jwt.sign(document, header=header, private_key=keys.open_key(jwt_key)),
        key=key,
        jwt_key=jwt_key,
        recipient_name=item.learner.credential_name or item.learner.email,
        signed_at=at,
    )


def share_transcript(*, transcript: Transcript, visibility: str) -> None:
    Transcript.objects.kept().filter(pk=transcript.pk).update(visibility=visibility)


def delete_transcript(*, transcript: Transcript, at: datetime.datetime) -> None:
    """Nothing but the address is left, which says that it is gone. Repeating changes nothing."""
    forget_transcripts(Transcript.objects.filter(pk=transcript.pk), at=at)


@transaction.atomic
def forget_transcripts(rows: TranscriptQuerySet, *, at: datetime.datetime) -> None:
    TranscriptEntry.objects.filter(transcript__in=rows).delete()
    rows.filter(deleted_at=None).update(
        name="", recipient_name="", failure="", document=b"", token=b"", deleted_at=at
    )
