"""Comprehensive Learner Records 2.0 (``ClrCredential``): many credentials in one document."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from credentials.vc import documents, pinned
from credentials.vc.data_integrity import timestamp
from credentials.vc.said import Said

CONTEXTS = [pinned.CREDENTIALS_V2, pinned.CLR, pinned.OPEN_BADGES]
TYPE = "ClrCredential"


@dataclass(frozen=True, order=True)
class PartOf:
    """An achievement that counts in another one, by their ids (CLR 2.0 ``Association``)."""

    part: str
    whole: str


def transcript(
    *,
    id: str,
    name: str,
    issuer: dict[str, Any],
    recipient: documents.Recipient,
    credentials: Sequence[dict[str, Any]],
    parts: Iterable[PartOf],
    is_partial: bool,
    valid_from: datetime.datetime,
) -> dict[str, Any]:
    """The unsigned document. Each of ``credentials`` comes as it was signed, with its own proof.

    ``is_partial`` says that the learner has earned more than is in it.
    """
    subject: dict[str, Any] = {
        **({"id": recipient.id} if recipient.id else {}),
        "type": ["ClrSubject"],
        "identifier": documents.identities(recipient),
        "verifiableCredential": list(credentials),
    }
    if associations := [_association(one) for one in sorted(set(parts))]:
        subject["association"] = associations
    return {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", TYPE],
        "name": name,
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "partial": is_partial,
        "credentialSubject": subject,
    }


def _association(one: PartOf) -> dict[str, Any]:
    return {
        "type": "Association",
        "associationType": "isPartOf",
        "sourceId": one.part,
        "targetId": one.whole,
    }


def is_transcript(document: dict[str, Any]) -> bool:
    types = document.get("type")
    return types == TYPE or (isinstance(types, list) and TYPE in types)


def enclosed(document: dict[str, Any]) -> list[Any]:
    """What a transcript says are credentials, as they stand in it."""
    if not is_transcript(document):
        return []
    subject = document.get("credentialSubject")
    found = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def title(credential: Any) -> str:
    """What an enclosed credential calls itself, to name it by."""
    match credential:
        case {"credentialSubject": {"achievement": {"name": str(name)}}} | {"name": str(name)}:
            return name[:200]
        case _:
            return Said("without a name")
