"""What the text calls courses, tracks, skills and organizations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Organization
from catalog import rules
from catalog.models import Achievement, Course, Skill, Track
from catalog.rule_text.writing import Name

COURSE, TRACK, CREDENTIAL, SKILL = "course", "track", "credential", "skill"
ISSUER = "issuer"

Lookup = Callable[[str, Iterable[str]], Mapping[str, int]]
"""Finds the ids for names of one kind; a name that is not found is left out."""


def catalog_lookup(*, courses: QuerySet[Course], tracks: QuerySet[Track]) -> Lookup:
    """Finds names among these courses and tracks. Case does not matter unless it decides."""
    querysets: dict[str, tuple[QuerySet[Any], str]] = {
        COURSE: (courses, "pk"),
        TRACK: (tracks.exclude(achievement=None), "achievement"),
        CREDENTIAL: (courses.exclude(achievement=None), "achievement"),
        ISSUER: (Organization.objects.all(), "pk"),
    }

    def lookup(kind: str, names: Iterable[str]) -> dict[str, int]:
        if kind == SKILL:
            return skill_lookup(names)
        queryset, id_of = querysets[kind]
        wanted = {name.lower() for name in names} | set(names)
        rows = list(
            queryset.annotate(slug_lower=Lower("slug"), external_lower=Lower("external_id"))
            .filter(
                Q(slug__in=wanted)
                | Q(external_id__in=wanted)
                | Q(slug_lower__in=wanted)
                | Q(external_lower__in=wanted)
            )
            .order_by("pk")
            .values_list("slug", "external_id", id_of)
        )
        # The last match that is written wins: from the loosest to the strictest.
        found = {external.lower(): pk for _, external, pk in rows if external}
        found |= {slug.lower(): pk for slug, _, pk in rows}
        by_name = {name: found[name.lower()] for name in names if name.lower() in found}
        exact = {external: pk for _, external, pk in rows if external}
        exact |= {slug: pk for slug, _, pk in rows}
        return by_name | {name: exact[name] for name in names if name in exact}

    return lookup


def names_of(tree: rules.Node) -> dict[rules.Leaf, Name]:
    """What each leaf is called, in a query for each kind of thing; a skill has its address."""
    found = list(rules.leaves(tree))
    courses = dict(
        Course.objects.filter(
            pk__in=[leaf.course_id for leaf in found if isinstance(leaf, rules.CourseLeaf)]
        ).values_list("pk", "slug")
    )
    achievements = {
        pk: (TRACK, track) if track else (CREDENTIAL, str(course))
        for pk, track, course in Achievement.objects.filter(
            pk__in=[
                leaf.achievement_id for leaf in found if isinstance(leaf, rules.AchievementLeaf)
            ]
        ).values_list("pk", "track__slug", "course__slug")
    }
    skills = dict(
        Skill.objects.filter(
            pk__in=[leaf.skill_id for leaf in found if isinstance(leaf, rules.SkillLeaf)]
        ).values_list("pk", "uri")
    )

    issuers = dict(
        Organization.objects.filter(
            pk__in=[leaf.issuer_id for leaf in found if leaf.issuer_id is not None]
        ).values_list("pk", "slug")
    )

    def name(leaf: rules.Leaf) -> Name:
        issuer = issuers.get(leaf.issuer_id or 0, "")
        match leaf:
            case rules.CourseLeaf():
                return Name(COURSE, courses[leaf.course_id], issuer)
            case rules.AchievementLeaf():
                return Name(*achievements[leaf.achievement_id], issuer)
            case rules.SkillLeaf():
                return Name(SKILL, skills[leaf.skill_id], issuer)

    return {leaf: name(leaf) for leaf in found}


def skill_lookup(names: Iterable[str]) -> dict[str, int]:
    """Skills by their label in any case, or by their address in the framework."""
    names = set(names)
    by_label = {name.lower(): name for name in names}
    found = Skill.objects.annotate(lower=Lower("label")).filter(
        Q(lower__in=by_label) | Q(uri__in=names)
    )
    ids: dict[str, int] = {}
    for pk, lower, uri in found.order_by("-pk").values_list("pk", "lower", "uri"):
        if lower in by_label:
            ids[by_label[lower]] = pk
        if uri in names:
            ids[uri] = pk
    return ids
