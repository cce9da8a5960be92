"""From rows to the documents that are signed, and to those that say who signs."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from accounts.models import Organization
from catalog.models import AchievementVersion
from credentials import addresses
from credentials.models import Award, Credential, SigningKey, StatusList
from credentials.vc import did, status_list
from credentials.vc import documents as vc
from credentials.vc.data_integrity import timestamp
from enrollment.models import Enrollment
from lib.text import clean_block

SALT_BYTES = 16
ESCO_PREFIX = "http://data.europa.eu/esco/"


def credential_document(
    *, award: Award, credential: Credential, at: datetime.datetime
) -> dict[str, Any]:
    """The unsigned ``OpenBadgeCredential`` of an award.

    ``award`` needs its learner, its version and its achievement's awarding body loaded.
    """
    issuer = _profile(award.achievement.awarding_body)
    return vc.credential(
        id=addresses.credential(credential),
        issuer=issuer,
        recipient=vc.Recipient(
            name=clean_block(credential.recipient_name),
            email=award.learner.email,
            salt=secrets.token_hex(SALT_BYTES),
        ),
        earned=achievement_description(award.version),
        valid_from=at,
        status=status_list.entry(
            addresses.status_list(credential.status_list), credential.status_index
        ),
        grade=award.grade,
        narrative=_how(award),
    )


HOW = {
    Enrollment.CompletedBy.CHALLENGE: "Earned by passing a challenge assessment, without the units"
    " of the course.",
    Enrollment.CompletedBy.HAND: "Recorded by the provider on evidence seen elsewhere.",
}
"""The European elements ask how learning was assessed where it was not in the usual way."""


def _how(award: Award) -> str:
    """Empty for what was earned in the usual way, and for what rests on several courses."""
    by = {item.enrollment.completed_by for item in award.evidence.all() if item.enrollment}
    return HOW.get(Enrollment.CompletedBy(by.pop()), "") if len(by) == 1 and all(by) else ""


def achievement_description(version: AchievementVersion) -> vc.AchievementDescription:
    achievement = version.achievement
    return vc.AchievementDescription(
        id=addresses.achievement(achievement),
        kind=achievement.kind,
        name=clean_block(version.name),
        description=clean_block(version.description),
        criteria=clean_block(version.criteria),
        version=str(version.number),
        language=version.language,
        creator=_profile(achievement.awarding_body),
        alignments=[
            vc.Alignment(
                target_url=skill.uri,
                target_name=clean_block(skill.label),
                framework="ESCO" if skill.uri.startswith(ESCO_PREFIX) else "Skills framework",
            )
            for skill in version.skills.all()
        ],
    )


def _profile(organization: Organization) -> vc.Profile:
    return vc.Profile(
        id=addresses.issuer_did(organization),
        name=clean_block(organization.name),
        url=organization.url or addresses.issuer_profile(organization),
        email=organization.email,
        description=clean_block(organization.description),
    )


def issuer_profile(organization: Organization) -> dict[str, Any]:
    return vc.profile(_profile(organization))


def achievement_document(version: AchievementVersion) -> dict[str, Any]:
    return vc.achievement(achievement_description(version), with_grade=False)


def did_document(organization: Organization) -> dict[str, Any]:
    """Lists retired keys, too: what they signed goes on verifying."""
    keys = SigningKey.objects.filter(organization=organization).order_by("pk")
    identifier = addresses.issuer_did(organization)
    return did.document(
        identifier,
        [
            did.Key(
                id=f"{identifier}#{key.fragment}", public_key_multibase=key.public_key_multibase
            )
            for key in keys
        ],
    )


def status_list_document(
    listed: StatusList, *, indexes: list[int], at: datetime.datetime
) -> dict[str, Any]:
    return status_list.document(
        url=addresses.status_list(listed),
        issuer=addresses.issuer_did(listed.organization),
        valid_from=timestamp(at),
        encoded_list=status_list.encode(indexes),
    )
