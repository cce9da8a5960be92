"""Achievements in CTDL, for registries of credentials (https://credreg.net/ctdl/terms).

The rule becomes ``ceterms:requires``: what all have to do stands in condition profiles, and what
can be chosen from in ``ceterms:alternativeCondition``. How many of them it takes is said in words,
which is what CTDL has for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from catalog import rules
from catalog.models import AchievementVersion, Course, RuleNode, Skill
from catalog.structured import CTDL_CONTEXT, CTDL_KINDS, absolute, duration
from credentials import addresses
from lib.text import clean_block


def listed() -> QuerySet[AchievementVersion]:
    """Current versions, with all that their description needs; in the order of the register."""
    nodes = RuleNode.objects.select_related(
        "course", "achievement__course", "achievement__track", "skill", "issuer"
    )
    return (
        AchievementVersion.objects.current()
        .select_related("achievement__awarding_body", "achievement__course", "achievement__track")
        .prefetch_related("skills", Prefetch("rule_nodes", queryset=nodes))
        .order_by("achievement_id")
    )


def graph(versions: Iterable[AchievementVersion]) -> dict[str, Any]:
    return {"@context": CTDL_CONTEXT, "@graph": [_credential(one) for one in versions]}


def credential(version: AchievementVersion) -> dict[str, Any]:
    """One of ``listed`` as a document of its own."""
    return {"@context": CTDL_CONTEXT, **_credential(version)}


def _credential(version: AchievementVersion) -> dict[str, Any]:
    achievement = version.achievement
    body = achievement.awarding_body
    address = addresses.achievement(achievement)
    owner = _stated(
        {
            "@type": "ceterms:CredentialOrganization",
            "@id": addresses.issuer_profile(body),
            "ceterms:name": {"en": body.name},
            "ceterms:subjectWebpage": body.url or addresses.issuer_profile(body),
        }
    )
    subject = achievement.course or achievement.track
    is_offered = subject is not None and subject.is_published
    return _stated(
        {
            "@type": CTDL_KINDS[achievement.kind],
            "@id": address,
            "ceterms:ctid": f"ce-{achievement.public_id}",
            "ceterms:name": _text(version.name, version.language),
            "ceterms:description": _text(version.description, version.language),
            "ceterms:subjectWebpage": address,
            "ceterms:image": addresses.badge(version),
            "ceterms:inLanguage": [version.language],
            "ceterms:versionIdentifier": [
                {"@type": "ceterms:IdentifierValue", "ceterms:identifierValueCode": version.number}
            ],
            "ceterms:ownedBy": [owner],
            "ceterms:offeredBy": [owner],
            "ceterms:credentialStatusType": _term(
                "credentialStat:Active" if is_offered else "credentialStat:Deprecated"
            ),
            "ceterms:audienceLevelType": [_level(version.eqf_level)] if version.eqf_level else None,
            "ceterms:dateEffective": f"{version.published_at:%Y-%m-%d}",
            "ceterms:estimatedDuration": [
                {
                    "@type": "ceterms:DurationProfile",
                    "ceterms:exactDuration": duration(version.workload_minutes),
                }
            ]
            if version.workload_minutes
            else None,
            "ceterms:renewalFrequency": f"P{version.valid_months}M"
            if version.valid_months
            else None,
            "ceterms:requires": _requires(version),
        }
    )


def _requires(version: AchievementVersion) -> list[dict[str, Any]]:
    skills = [_alignment(skill) for skill in version.skills.all()]
    first: dict[str, Any] = {
        "@type": "ceterms:ConditionProfile",
        "ceterms:name": {"en": "What has to be done"},
        "ceterms:description": _text(version.criteria, version.language),
        "ceterms:targetCompetency": skills,
        "ceterms:creditValue": [
            {
                "@type": "schema:QuantitativeValue",
                "schema:value": float(version.ects),
                "schema:unitText": {"en": "ECTS"},
            }
        ]
        if version.ects is not None
        else None,
    }
    rows = list(version.rule_nodes.all())
    tree = rules.from_rows(rows)
    if tree is None:
        return [_stated(first)]
    by_leaf = {leaf: row for row in rows if (leaf := rules.leaf_of(row))}
    condition, *others = _conditions(tree, by_leaf, rules.names_from_rows(rows))
    asked = condition.pop("ceterms:targetCompetency", [])
    return [_stated({**condition, **first, "ceterms:targetCompetency": skills + asked}), *others]


def _conditions(
    node: rules.Node, by_leaf: Mapping[rules.Leaf, RuleNode], names: dict[rules.Leaf, str]
) -> list[dict[str, Any]]:
    """Condition profiles that all have to be met."""
    if not isinstance(node, rules.Group):
        return [_profile(node, [node], by_leaf, names)]
    if node.operator == rules.Operator.ALL:
        plain = [child for child in node.children if not isinstance(child, rules.Group)]
        groups = [child for child in node.children if isinstance(child, rules.Group)]
        found = [_profile(node, plain, by_leaf, names)] if plain else []
        return found + [
            profile for child in groups for profile in _conditions(child, by_leaf, names)
        ]
    chosen = _profile(node, [], by_leaf, names)
    chosen["ceterms:alternativeCondition"] = [
        profile for child in node.children for profile in _conditions(child, by_leaf, names)
    ]
    return [chosen]


def _profile(
    node: rules.Node,
    leaves: Sequence[rules.Leaf],
    by_leaf: Mapping[rules.Leaf, RuleNode],
    names: dict[rules.Leaf, str],
) -> dict[str, Any]:
    rows = [by_leaf[leaf] for leaf in leaves]
    return _stated(
        {
            "@type": "ceterms:ConditionProfile",
            "ceterms:description": {"en": rules.sentence(node, names=names)},
            "ceterms:targetLearningOpportunity": [
                _course(row.course) for row in rows if row.course
            ],
            "ceterms:targetCredential": [
                addresses.achievement(row.achievement) for row in rows if row.achievement
            ],
            "ceterms:targetCompetency": [_alignment(row.skill) for row in rows if row.skill],
        }
    )


def _course(item: Course) -> str:
    return absolute(item.get_absolute_url())


def _alignment(skill: Skill) -> dict[str, Any]:
    return {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:targetNode": skill.uri,
        "ceterms:targetNodeName": {"en": skill.label},
    }


def _level(eqf: int) -> dict[str, Any]:
    return {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:frameworkName": {"en": "European Qualifications Framework"},
        "ceterms:targetNode": f"http://data.europa.eu/snb/eqf/{eqf}",
        "ceterms:targetNodeName": {"en": f"EQF level {eqf}"},
    }


def _term(name: str) -> dict[str, Any]:
    return {"@type": "ceterms:CredentialAlignmentObject", "ceterms:targetNode": name}


def _text(text: str, language: str) -> dict[str, str] | None:
    return {language: clean_block(text)} if text else None


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody has stated."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
