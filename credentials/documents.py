"""From rows to the documents that are signed, and to those that say who signs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import override

from accounts.models import Organization, User
from catalog.durations import in_words
from catalog.models import AchievementVersion, Skill
from credentials import addresses
from credentials.models import LearnerDid, SigningKey, StatusList
from credentials.vc import did, status_list
from credentials.vc import documents as vc
from credentials.vc.data_integrity import timestamp
from lib.text import clean_block

SALT_BYTES = 16
EQF_PREFIX = "http://data.europa.eu/snb/eqf/"
ESCO_PREFIX = "http://data.europa.eu/esco/"


def shown_did(learner: User) -> str:
    """The identifier that the learner has shown to be theirs; empty if there is none."""
    try:
        return learner.did.did
    except LearnerDid.DoesNotExist:
        return ""


def achievement_description(version: AchievementVersion) -> vc.AchievementDescription:
    achievement = version.achievement
    skills = list(version.skills.all())
    return vc.AchievementDescription(
        id=addresses.achievement(achievement),
        kind=achievement.kind,
        name=clean_block(version.name),
        description=clean_block(version.description),
        criteria=_criteria(version),
        version=str(version.number),
        language=version.language,
        creator=_profile(achievement.awarding_body),
        image=addresses.badge(version),
        alignments=[*map(_skill, skills), *_level(version)],
        tags=sorted({clean_block(skill.label) for skill in skills}),
        field_of_study=clean_block(version.field),
        credits=version.ects,
    )


def _skill(skill: Skill) -> vc.Alignment:
    return vc.Alignment(
        target_url=skill.uri,
        target_name=clean_block(skill.label),
        framework="ESCO" if skill.uri.startswith(ESCO_PREFIX) else "Skills framework",
        kind="ceasn:Competency",
    )


def _level(version: AchievementVersion) -> Iterator[vc.Alignment]:
    if version.eqf_level:
        yield vc.Alignment(
            target_url=f"{EQF_PREFIX}{version.eqf_level}",
            target_name=f"EQF level {version.eqf_level}",
            framework="European Qualifications Framework",
        )


def _criteria(version: AchievementVersion) -> str:
    """What had to be done, and the European standard elements that have no term of their own."""
    with override("en"):
        elements = {
            "Workload": in_words(version.workload_minutes).replace("\u00a0", " ")
            if version.workload_minutes
            else "",
            "ECTS credits": f"{version.ects.normalize():f}" if version.ects else "",
            "Form of participation": version.get_participation_display(),
            "Assessment": version.get_assessment_display(),
            "Supervision of the assessment": version.get_supervision_display(),
            "Quality assurance": version.quality_assurance,
        }
    said = [f"- {name}: {value}" for name, value in elements.items() if value]
    return clean_block("\n\n".join([version.criteria, *(["\n".join(said)] if said else [])]))


def _profile(organization: Organization) -> vc.Profile:
    return vc.Profile(
        id=addresses.issuer_did(organization),
        name=clean_block(organization.name),
        url=organization.url or addresses.issuer_profile(organization),
        email=organization.email,
        description=clean_block(organization.description),
        country=organization.country,
    )


def issuer_profile(organization: Organization) -> dict[str, Any]:
    return vc.profile(_profile(organization))


def achievement_document(version: AchievementVersion) -> dict[str, Any]:
    return vc.achievement(achievement_description(version), with_grade=False)


def did_document(organization: Organization) -> dict[str, Any]:
    """Lists retired keys, too: what they signed goes on verifying."""
    keys = SigningKey.objects.filter(organization=organization).order_by("pk")
    return describe_keys(addresses.issuer_did(organization), keys)


def platform_did_document() -> dict[str, Any]:
    keys = SigningKey.objects.filter(organization__is_platform=True).order_by("pk")
    return describe_keys(addresses.platform_did(), keys)


def describe_keys(identifier: str, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """The DID document of the issuer of this name, who has these keys."""
    return did.document(
        identifier,
        [
            did.Key(
                id=f"{identifier}#{key.fragment}",
                public_key_multibase=key.public_key_multibase,
                is_compromised=key.distrusted_at is not None,
            )
            for key in keys
        ],
    )


def status_list_document(
    listed: StatusList,
    *,
    purpose: status_list.Purpose,
    indexes: Iterable[int],
    at: datetime.datetime,
) -> dict[str, Any]:
    address = {
        status_list.Purpose.REVOCATION: addresses.status_list,
        status_list.Purpose.SUSPENSION: addresses.suspension_list,
    }[purpose]
    return status_list.document(
        url=address(listed),
        issuer=addresses.issuer_did(listed.organization),
        valid_from=timestamp(at),
        encoded_list=status_list.encode(indexes),
        purpose=purpose,
    )
