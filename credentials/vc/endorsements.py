"""Endorsements (``EndorsementCredential``, Open Badges 3.0 §B.1.7) from plain values."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from credentials.vc.data_integrity import timestamp
from credentials.vc.documents import CONTEXTS
from credentials.vc.said import Said

TYPE = "EndorsementCredential"


def endorsement(
    *,
    id: str,
    name: str,
    issuer: dict[str, Any],
    endorsed: str,
    comment: str,
    valid_from: datetime.datetime,
    status: dict[str, Any],
) -> dict[str, Any]:
    """The unsigned document; ``endorsed`` is the id of an achievement or of an issuer."""
    return {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", TYPE],
        "name": name,
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "credentialSubject": {
            "id": endorsed,
            "type": ["EndorsementSubject"],
            "endorsementComment": comment,
        },
        "credentialStatus": status,
    }


def carried(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The endorsements in a credential, each with the id of what it stands at."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    creator = achievement.get("creator") if isinstance(achievement, dict) else None
    for part in (document, document.get("issuer"), achievement, creator):
        if isinstance(part, dict) and "endorsement" in part:
            given = part["endorsement"]
            for one in given if isinstance(given, list) else [given]:
                yield str(part.get("id")), one


def endorsed_by(endorsement: Any) -> tuple[str, str]:
    """The id of what it endorses, and the name of who does."""
    match endorsement:
        case {"credentialSubject": {"id": str(endorsed)}, "issuer": {"name": str(name)}}:
            return endorsed, name[:200]
        case {"credentialSubject": {"id": str(endorsed)}}:
            return endorsed, Said("somebody")
        case _:
            return "", Said("somebody")
