"""From rows to the documents that are signed, and to those that say who signs."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import override

from accounts.models import Organization, User
from catalog.durations import in_words
from catalog.models import AchievementVersion, Skill
from credentials import addresses
from credentials.models import Award, Credential, LearnerDid, SigningKey, StatusList
from credentials.vc import did, status_list
from credentials.vc import documents as vc
from credentials.vc.data_integrity import timestamp
from credentials.vc.template import Constant
from enrollment.models import Enrollment
from lib.text import clean_block

SALT_BYTES = 16
EQF_PREFIX = "http://data.europa.eu/snb/eqf/"
ESCO_PREFIX = "http://data.europa.eu/esco/"


class Drafting:
    """Makes the unsigned ``OpenBadgeCredential`` of each award of a batch.

    What its learners share, an issuer or an achievement, is made once.
    """

    def __init__(self, endorsements: Mapping[int, list[dict[str, Any]]] | None = None) -> None:
        """``endorsements`` are those that the credentials are to carry, by achievement."""
        self._endorsements = endorsements or {}
        self._issuers: dict[int, Constant] = {}
        self._achievements: dict[tuple[int, bool], Constant] = {}
        self._lists: dict[int, str] = {}

    def draft(
        self, *, award: Award, credential: Credential, at: datetime.datetime
    ) -> dict[str, Any]:
        """``award`` needs its learner, its version and its achievement's awarding body loaded."""
        return vc.compose(
            id=addresses.credential(credential),
            issuer=self._issuer(award.achievement.awarding_body),
            recipient=vc.Recipient(
                name=clean_block(credential.recipient_name),
                email=award.learner.email,
                salt=secrets.token_hex(SALT_BYTES),
                id=shown_did(award.learner),
            ),
            achievement=self._achievement(award.version, with_grade=award.grade is not None),
            valid_from=at,
            # One entry and not one for suspensions, too: Open Badges 3.0 §B.1.6 and CLR 2.0 allow
            # no second one.
            status=status_list.entry(
                self._address_of(credential.status_list), credential.status_index
            ),
            grade=award.grade,
            valid_until=award.expires_at,
            narrative=_how(award),
        )

    def _address_of(self, listed: StatusList) -> str:
        if listed.public_id.int not in self._lists:
            self._lists[listed.public_id.int] = addresses.status_list(listed)
        return self._lists[listed.public_id.int]

    def _issuer(self, organization: Organization) -> Constant:
        if organization.pk not in self._issuers:
            self._issuers[organization.pk] = Constant(issuer_profile(organization))
        return self._issuers[organization.pk]

    def _achievement(self, version: AchievementVersion, *, with_grade: bool) -> Constant:
        key = version.pk, with_grade
        if key not in self._achievements:
            described = achievement_description(version)
            document = vc.achievement(described, with_grade=with_grade)
            if carried := self._endorsements.get(version.achievement_id):
                document["endorsement"] = carried
            self._achievements[key] = Constant(document)
        return self._achievements[key]


def shown_did(learner: User) -> str:
    """The identifier that the learner has shown to be theirs; empty if there is none."""
    try:
        return learner.did.did
    except LearnerDid.DoesNotExist:
        return ""


HOW = {
    Enrollment.CompletedBy.CHALLENGE: "Earned by passing a challenge assessment, without the units"
    " of the course.",
    Enrollment.CompletedBy.HAND: "Recorded by the provider on evidence seen elsewhere.",
}
"""The European elements ask how learning was assessed where it was not in the usual way."""


BY_HAND = "Awarded by hand, not by its rule. {body} gives this reason: {reason}"


def _how(award: Award) -> str:
    """Empty for what was earned in the usual way, and for what rests on several courses."""
    if award.granted_by_id:
        said = BY_HAND.format(body=award.achievement.awarding_body.name, reason=award.grant_reason)
        return clean_block(said)
    if recognized := [item.recognition for item in award.evidence.all() if item.recognition]:
        what = ", ".join(f"“{clean_block(str(one.subject))}”" for one in recognized)
        return f"Prior learning that was recognized counts in it as {what}."
    by = {item.enrollment.completed_by for item in award.evidence.all() if item.enrollment}
    return HOW.get(Enrollment.CompletedBy(by.pop()), "") if len(by) == 1 and all(by) else ""


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
