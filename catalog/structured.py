"""Courses and tracks for machines: schema.org for search engines, CTDL for credential registries.

schema.org: https://schema.org/Course, https://schema.org/EducationalOccupationalProgram.
CTDL: Credential Transparency Description Language, https://credreg.net/ctdl/terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from catalog.models import AchievementVersion, Course, CourseRun, LearningOutcome, Skill, Track

CTDL_CONTEXT = "https://credreg.net/ctdl/schema/context/json"
MODES = {
    "online_self_paced": "online",
    "online_live": "online",
    "blended": "blended",
    "in_person": "onsite",
}
CTDL_DELIVERY = {
    "online_self_paced": "deliveryType:OnlineOnly",
    "online_live": "deliveryType:OnlineOnly",
    "blended": "deliveryType:BlendedDelivery",
    "in_person": "deliveryType:InPerson",
}
CTDL_KINDS = {
    "MicroCredential": "ceterms:MicroCredential",
    "Certificate": "ceterms:Certificate",
    "Diploma": "ceterms:Diploma",
    "Certification": "ceterms:Certification",
    "CertificateOfCompletion": "ceterms:CertificateOfCompletion",
}


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def duration(minutes: int) -> str:
    """ISO 8601: ``PT2H30M``."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def course(
    item: Course,
    *,
    minutes: int,
    skills: Sequence[Skill],
    outcomes: Sequence[LearningOutcome],
    version: AchievementVersion | None,
) -> dict[str, Any]:
    """schema.org ``Course`` with its instances and what it awards."""
    today = timezone.localdate()
    runs = [run for run in item.runs.all() if run.is_open_on(today)] if item.is_published else []
    return _stated(
        {
            "@context": "https://schema.org",
            "@type": "Course",
            "@id": absolute(item.get_absolute_url()),
            "url": absolute(item.get_absolute_url()),
            "name": item.title,
            "description": item.summary or item.title,
            "inLanguage": item.language,
            "about": {"@type": "Thing", "name": item.get_field_display()},
            "provider": _organization(item.provider),
            "educationalLevel": f"EQF level {item.eqf_level}" if item.eqf_level else None,
            "timeRequired": duration(minutes) if minutes else None,
            # The property takes whole numbers or a structured value.
            "numberOfCredits": {
                "@type": "QuantitativeValue",
                "value": float(item.ects),
                "unitText": "ECTS",
            }
            if item.ects is not None
            else None,
            "coursePrerequisites": item.prerequisites,
            "teaches": [*(outcome.text for outcome in outcomes), *map(_term, skills)],
            "educationalCredentialAwarded": version and _awarded(version, item.awarding_body),
            "isAccessibleForFree": _is_free(runs),
            "offers": [_offer(run) for run in runs if run.price is not None],
            "hasCourseInstance": [_instance(run, item, minutes) for run in runs],
        }
    )


def track(
    item: Track,
    *,
    version: AchievementVersion,
    skills: Sequence[Skill],
    courses: Sequence[Course],
) -> dict[str, Any]:
    """schema.org ``EducationalOccupationalProgram``: courses that add up."""
    awarded = {
        **_awarded(version, item.organization),
        "competencyRequired": [_term(skill) for skill in skills],
    }
    return _stated(
        {
            "@context": "https://schema.org",
            "@type": "EducationalOccupationalProgram",
            "@id": absolute(item.get_absolute_url()),
            "url": absolute(item.get_absolute_url()),
            "name": item.title,
            "description": item.summary or item.title,
            "provider": _organization(item.organization),
            "timeToComplete": duration(version.workload_minutes),
            "educationalCredentialAwarded": _stated(awarded),
            "hasCourse": [_part(course) for course in courses],
        }
    )


def ctdl_course(item: Course, *, minutes: int, skills: Sequence[Skill]) -> dict[str, Any]:
    """CTDL ``ceterms:Course``."""
    return _stated(
        {
            **_ctdl(item, "ceterms:Course", item.provider),
            "ceterms:offeredBy": [_ctdl_organization(item.provider)],
            "ceterms:estimatedDuration": _ctdl_duration(minutes),
            "ceterms:creditValue": [
                {
                    "@type": "schema:QuantitativeValue",
                    "schema:value": float(item.ects),
                    "schema:unitText": {"@value": "ECTS"},
                }
            ]
            if item.ects is not None
            else None,
            "ceterms:deliveryType": [_ctdl_term(CTDL_DELIVERY[item.participation])]
            if item.participation
            else None,
            "ceterms:teaches": [_ctdl_alignment(skill) for skill in skills],
            "ceterms:entryCondition": [
                {
                    "@type": "ceterms:ConditionProfile",
                    "ceterms:description": _ctdl_text(item.prerequisites, item.language),
                }
            ]
            if item.prerequisites
            else None,
            "ceterms:lifeCycleStatusType": _ctdl_term(
                "lifeCycle:Active" if item.is_published else "lifeCycle:Ceased"
            ),
        }
    )


def ctdl_track(
    item: Track, *, version: AchievementVersion, skills: Sequence[Skill]
) -> dict[str, Any]:
    """The credential that the track awards, of the CTDL class of its kind."""
    return _stated(
        {
            **_ctdl(item, CTDL_KINDS[item.achievement.kind], item.organization),
            # Of the credential and not of the track: it has one identifier wherever it is listed.
            "ceterms:ctid": f"ce-{item.achievement.public_id}",
            "ceterms:credentialStatusType": _ctdl_term(
                "credentialStat:Active" if item.is_published else "credentialStat:Deprecated"
            ),
            "ceterms:estimatedDuration": _ctdl_duration(version.workload_minutes),
            "ceterms:requires": [
                _stated(
                    {
                        "@type": "ceterms:ConditionProfile",
                        "ceterms:description": _ctdl_text(version.criteria),
                        "ceterms:targetCompetency": [_ctdl_alignment(skill) for skill in skills],
                    }
                )
            ],
        }
    )


def _organization(item: Organization) -> dict[str, Any]:
    return _stated({"@type": "Organization", "name": item.name, "url": item.url})


def _term(skill: Skill) -> dict[str, Any]:
    return {
        "@type": "DefinedTerm",
        "name": skill.label,
        "url": absolute(skill.get_absolute_url()),
        "termCode": skill.uri,
    }


def _part(item: Course) -> dict[str, Any]:
    """A course as part of a program."""
    address = absolute(item.get_absolute_url())
    return {"@type": "Course", "@id": address, "url": address, "name": item.title}


def _awarded(version: AchievementVersion, body: Organization) -> dict[str, Any]:
    return {
        "@type": "EducationalOccupationalCredential",
        "name": version.name,
        "credentialCategory": version.achievement.get_kind_display(),
        "recognizedBy": _organization(body),
    }


def _is_free(runs: Sequence[CourseRun]) -> bool | None:
    prices = [run.price for run in runs if run.price is not None]
    return 0 in prices if prices else None


def _offer(run: CourseRun) -> dict[str, Any]:
    return _stated(
        {
            "@type": "Offer",
            "category": "Paid" if run.price else "Free",
            "price": float(run.price or 0),
            # An amount needs one even when it is none.
            "priceCurrency": run.currency or "EUR",
        }
    )


def _instance(run: CourseRun, item: Course, minutes: int) -> dict[str, Any]:
    return _stated(
        {
            "@type": "CourseInstance",
            "name": str(run),
            "courseMode": MODES.get(item.participation, "online"),
            "courseWorkload": duration(minutes) if minutes else None,
            "startDate": run.starts_on and run.starts_on.isoformat(),
            "endDate": run.ends_on and run.ends_on.isoformat(),
        }
    )


def _ctdl(item: Course | Track, kind: str, owner: Organization) -> dict[str, Any]:
    return {
        "@context": CTDL_CONTEXT,
        "@type": kind,
        "@id": absolute(item.get_absolute_url()),
        "ceterms:ctid": f"ce-{item.public_id}",
        "ceterms:name": _ctdl_text(item.title, item.language),
        "ceterms:description": _ctdl_text(item.summary or item.title, item.language),
        "ceterms:subjectWebpage": absolute(item.get_absolute_url()),
        "ceterms:inLanguage": [item.language],
        "ceterms:ownedBy": [_ctdl_organization(owner)],
    }


def _ctdl_organization(item: Organization) -> dict[str, Any]:
    return _stated(
        {
            "@type": "ceterms:CredentialOrganization",
            "ceterms:name": _ctdl_text(item.name),
            "ceterms:subjectWebpage": item.url
            or absolute(reverse("catalog:provider", args=[item.slug])),
        }
    )


def _ctdl_alignment(skill: Skill) -> dict[str, Any]:
    return {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:targetNode": skill.uri,
        "ceterms:targetNodeName": _ctdl_text(skill.label),
    }


def _ctdl_term(name: str) -> dict[str, Any]:
    """A term of one of CTDL's own vocabularies."""
    return {"@type": "ceterms:CredentialAlignmentObject", "ceterms:targetNode": name}


def _ctdl_duration(minutes: int) -> list[dict[str, Any]] | None:
    if not minutes:
        return None
    return [{"@type": "ceterms:DurationProfile", "ceterms:exactDuration": duration(minutes)}]


def _ctdl_text(text: str, language: str = "en") -> dict[str, str] | None:
    return {language: text} if text else None


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody has stated."""
    return {name: value for name, value in values.items() if not _is_missing(value)}


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, (str, Iterable)) and not value)
