"""From rows to the documents that are signed, and to those that say who signs."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
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
from credentials.vc.prepared import Prepared
from credentials.vc.shapes import Constant, Unprovable
from credentials.vc.template import Rendered, render
from lib.text import clean_block

SALT_BYTES = 16
EQF_PREFIX = "http://data.europa.eu/snb/eqf/"
FAR = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
ESCO_PREFIX = "http://data.europa.eu/esco/"
EVIDENCE = (
    "The page lists the courses, credentials and recognized learning that this credential rests on."
)
"""Not listed in the document: what else somebody has earned is theirs to show, or to hide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one credential says that others of its achievement do not."""

    public_id: uuid.UUID
    recipient: vc.Recipient
    listed: StatusList
    index: int
    grade: Decimal | None = None
    valid_until: datetime.datetime | None = None
    how: str = ""


class Drafting:
    """Makes the unsigned ``OpenBadgeCredential`` of each award of a batch, valid from ``at``.

    What its learners share, an issuer or an achievement, is made once.
    """

    def __init__(
        self,
        endorsements: Mapping[int, list[dict[str, Any]]] | None = None,
        *,
        at: datetime.datetime,
    ) -> None:
        """``endorsements`` are those that the credentials are to carry, by achievement."""
        self._at = at
        before, after = addresses.around_credential()
        self._around = addresses.absolute(before), after
        self._endorsements = endorsements or {}
        self._issuers: dict[int, Constant] = {}
        self._achievements: dict[tuple[int, bool], Constant] = {}
        self._lists: dict[uuid.UUID, str] = {}
        self._prepared: dict[Hashable, Prepared | None] = {}

    def draft(self, version: AchievementVersion, said: Particulars) -> dict[str, Any]:
        """``version`` needs its skills and its achievement's awarding body loaded."""
        return vc.compose(
            id=self._address(said),
            issuer=self._issuer(version.achievement.awarding_body),
            recipient=said.recipient,
            achievement=self._achievement(version, with_grade=said.grade is not None),
            valid_from=self._at,
            # One entry and not one for suspensions, too: Open Badges 3.0 §B.1.6 and CLR 2.0 allow
            # no second one.
            status=status_list.entry(self._address_of(said.listed), str(said.index)),
            grade=said.grade,
            valid_until=said.valid_until,
            evidence=[
                vc.Evidence(
                    url=self._evidence_address(said), name="What it rests on", narrative=EVIDENCE
                )
            ],
            narrative=said.how,
        )

    def render(self, version: AchievementVersion, said: Particulars) -> Rendered:
        """The same, made ready to be signed. Raises what ``template.render`` raises."""
        prepared = self._prepared_for(version, said)
        if prepared:
            with suppress(Unprovable):
                return prepared.render(self._values(said))
        return render(self.draft(version, said))

    def _prepared_for(self, version: AchievementVersion, said: Particulars) -> Prepared | None:
        key = (
            version.pk,
            said.listed.pk,
            said.grade is None,
            said.valid_until is None,
            bool(said.how),
            bool(said.recipient.id),
        )
        if key not in self._prepared:
            self._prepared[key] = self._prepare(version, said)
        return self._prepared[key]

    def _prepare(self, version: AchievementVersion, said: Particulars) -> Prepared | None:
        """From an example of which every value that differs can be told from all others."""
        token = secrets.token_hex(SALT_BYTES)
        example = Particulars(
            public_id=uuid.uuid4(),
            recipient=vc.Recipient(
                name=f"name {token}",
                email=f"{token}@example.org",
                salt=f"salt {token}",
                id=f"did:example:{token}" if said.recipient.id else "",
            ),
            listed=said.listed,
            index=secrets.randbits(100),
            grade=Decimal(secrets.randbits(100)) if said.grade is not None else None,
            valid_until=FAR if said.valid_until else None,
            how=f"how {token}" if said.how else "",
        )
        try:
            return Prepared(self.draft(version, example), self._values(example))
        except Unprovable:
            return None

    def _values(self, said: Particulars) -> dict[str, str]:
        """What ``draft`` writes of it, each by a name of its own."""
        index = str(said.index)
        values = {
            "id": self._address(said),
            "evidence": self._evidence_address(said),
            "name": said.recipient.name,
            "hash": vc.hash_identity(said.recipient.email, said.recipient.salt),
            "salt": said.recipient.salt,
            "index": index,
            "entry": status_list.entry_id(self._address_of(said.listed), index),
        }
        if said.grade is not None:
            values["grade"] = vc.written_grade(said.grade)
        if said.valid_until:
            values["valid_until"] = timestamp(said.valid_until)
        if said.how:
            values["how"] = said.how
        if said.recipient.id:
            values["subject"] = said.recipient.id
        return values

    def _address_of(self, listed: StatusList) -> str:
        if listed.public_id not in self._lists:
            self._lists[listed.public_id] = addresses.status_list(listed)
        return self._lists[listed.public_id]

    def _address(self, said: Particulars) -> str:
        before, after = self._around
        return f"{before}{said.public_id}{after}"

    def _evidence_address(self, said: Particulars) -> str:
        return f"{self._address(said)}#evidence"

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
