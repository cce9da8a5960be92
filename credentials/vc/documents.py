"""Open Badges 3.0 credentials (``OpenBadgeCredential``) from plain values."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from credentials.vc import hygiene, pinned
from credentials.vc.data_integrity import timestamp

CONTEXTS = [pinned.CREDENTIALS_V2, pinned.OPEN_BADGES]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """An issuer or awarding body (Open Badges 3.0 §B.1.21)."""

    id: str
    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    country: str = ""
    """Two letters (ISO 3166-1)."""


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """A node of a framework that the achievement is of, such as a skill (§B.1.4).

    ``kind`` is ``targetType``: ``ceasn:Competency`` for skills.
    """

    target_url: str
    target_name: str
    framework: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementDescription:
    """What was earned (§B.1.1); the same for everyone who earns it."""

    id: str
    kind: str
    name: str
    description: str
    criteria: str
    version: str
    language: str
    creator: Profile
    image: str = ""
    alignments: Sequence[Alignment] = ()
    tags: Sequence[str] = ()
    field_of_study: str = ""
    credits: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who earned it: the printed name, and the e-mail address as a salted hash (§B.1.17).

    ``id`` is a DID that the learner controls, if they have one.
    """

    name: str
    email: str
    salt: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was done (§B.1.8): a page that shows it, or its name and what it is."""

    name: str
    url: str = ""
    genre: str = ""
    narrative: str = ""


def credential(
    *,
    id: str,
    issuer: Profile,
    recipient: Recipient,
    earned: AchievementDescription,
    valid_from: datetime.datetime,
    status: dict[str, Any] | list[dict[str, Any]],
    grade: Decimal | None = None,
    valid_until: datetime.datetime | None = None,
    evidence: Sequence[Evidence] = (),
    narrative: str = "",
) -> dict[str, Any]:
    """The unsigned document. ``grade`` is in percent; ``narrative`` says how it was earned."""
    return compose(
        id=id,
        issuer=profile(issuer),
        recipient=recipient,
        achievement=achievement(earned, with_grade=grade is not None),
        valid_from=valid_from,
        status=status,
        grade=grade,
        valid_until=valid_until,
        evidence=evidence,
        narrative=narrative,
    )


def compose(
    *,
    id: str,
    issuer: dict[str, Any],
    recipient: Recipient,
    achievement: dict[str, Any],
    valid_from: datetime.datetime,
    status: dict[str, Any] | list[dict[str, Any]],
    grade: Decimal | None = None,
    valid_until: datetime.datetime | None = None,
    evidence: Sequence[Evidence] = (),
    narrative: str = "",
) -> dict[str, Any]:
    """The same from parts that many share. A grade needs an achievement that describes it."""
    subject: dict[str, Any] = {
        **({"id": recipient.id} if recipient.id else {}),
        "type": ["AchievementSubject"],
        "identifier": identities(recipient),
        "achievement": achievement,
    }
    subject["result"] = [
        {
            "type": ["Result"],
            "resultDescription": f"{achievement['id']}#status",
            "status": "Completed",
        }
    ]
    if grade is not None:
        subject["result"].append(
            {
                "type": ["Result"],
                "resultDescription": f"{achievement['id']}#grade",
                "value": written_grade(grade),
            }
        )
    if narrative:
        subject["narrative"] = narrative
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "credentialSubject": subject,
        "credentialStatus": status,
    }
    if valid_until:
        document["validUntil"] = timestamp(valid_until)
    if evidence:
        document["evidence"] = [_evidence(item) for item in evidence]
    return document


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        **({"id": item.url} if item.url else {}),
        "type": ["Evidence"],
        "name": item.name,
        **({"narrative": item.narrative} if item.narrative else {}),
        **({"genre": item.genre} if item.genre else {}),
    }


def identities(recipient: Recipient) -> list[dict[str, Any]]:
    """Who it is, for whoever knows the address already, and for people to read (§B.1.17)."""
    return [
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": True,
            "identityHash": hash_identity(recipient.email, recipient.salt),
            "salt": recipient.salt,
        },
        {
            "type": "IdentityObject",
            "identityType": "name",
            "hashed": False,
            "identityHash": recipient.name,
        },
    ]


def written_grade(grade: Decimal) -> str:
    return f"{grade.normalize():f}"


def hash_identity(identity: str, salt: str) -> str:
    """``identityHash`` of Open Badges 3.0 §B.1.17: SHA-256 over the identity and then the salt."""
    return f"sha256${hashlib.sha256((identity + salt).encode()).hexdigest()}"


def _number(credits: Decimal) -> int | float | None:
    """Nothing for the few fractions that verifiers write differently: the criteria say them, too.

    Without a point where it has none: JSON's readers differ on how they write 2.0.
    """
    if credits == int(credits):
        return int(credits)
    number = float(credits)
    return number if hygiene.is_written_alike(number) else None


def achievement(described: AchievementDescription, *, with_grade: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": described.id,
        "type": ["Achievement"],
        "achievementType": described.kind,
        "name": described.name,
        "description": described.description,
        "criteria": {"narrative": described.criteria},
        # Without the address, which the issuer has: two that are alike cost the fast path.
        "creator": profile(dataclasses.replace(described.creator, country="")),
        "inLanguage": described.language,
        "version": described.version,
    }
    if described.image:
        document["image"] = {"id": described.image, "type": "Image", "caption": described.name}
    if described.alignments:
        document["alignment"] = [
            {
                "type": ["Alignment"],
                "targetUrl": alignment.target_url,
                "targetName": alignment.target_name,
                "targetFramework": alignment.framework,
                **({"targetType": alignment.kind} if alignment.kind else {}),
            }
            for alignment in described.alignments
        ]
    if described.tags:
        document["tag"] = list(described.tags)
    if described.field_of_study:
        document["fieldOfStudy"] = described.field_of_study
    if described.credits is not None and (number := _number(described.credits)) is not None:
        document["creditsAvailable"] = number
    document["resultDescription"] = [
        {
            "id": f"{described.id}#status",
            "type": ["ResultDescription"],
            "name": "Status",
            "resultType": "Status",
        }
    ]
    if with_grade:
        document["resultDescription"].append(
            {
                "id": f"{described.id}#grade",
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
            }
        )
    return document


def profile(described: Profile) -> dict[str, Any]:
    document: dict[str, Any] = {"id": described.id, "type": ["Profile"], "name": described.name}
    for term in ("url", "email", "description"):
        if value := getattr(described, term):
            document[term] = value
    if described.country:
        document["address"] = {"type": ["Address"], "addressCountryCode": described.country}
    return document
