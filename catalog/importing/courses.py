"""Rows of courses, with their units and runs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from catalog import actions, rules
from catalog.importing import learning_outcomes as outcomes
from catalog.importing import pages, runs, translations, units
from catalog.importing.changes import assign, by_external_id, organization, picked
from catalog.importing.fields import Invalid, said
from catalog.importing.outcomes import Verdict
from catalog.models import Achievement, Course, CourseSkill, Skill, Status, Unit
from catalog.search import courses_changed
from lib.slugs import unique_slug


@dataclass(frozen=True)
class Known:
    courses: dict[str, Course]
    organizations: dict[str, Organization]
    skills: dict[str, Skill]


def importer(rows: list[dict[str, Any]]) -> Callable[..., Verdict]:
    known = look_up(rows)

    def apply(row: dict[str, Any], *, at: datetime.datetime) -> Verdict:
        found = known.courses.get(row["external_id"])
        course = found or Course(external_id=row["external_id"])
        status = pages.wanted_status(row, course)
        is_changed = _write(course, row, known)
        if status == Status.DRAFT:
            is_changed |= _keep_draft(course, row)
        elif status == Status.PUBLISHED:
            is_changed |= _publish(course, row, is_changed=is_changed, at=at)
        elif course.status == Status.PUBLISHED:
            actions.retire(item=course)
            is_changed = True
        if is_changed and status != Status.DRAFT:
            courses_changed([course.pk])
        if found is None:
            return Verdict.CREATED
        return Verdict.UPDATED if is_changed else Verdict.UNCHANGED

    return apply


def look_up(rows: list[dict[str, Any]]) -> Known:
    courses = Course.objects.select_related("achievement").prefetch_related(
        "units__questions__choices",
        "runs",
        "course_skills__skill",
        "outcomes__skills",
        "achievement__versions",
    )
    bodies = {row[key] for row in rows for key in ("provider", "awarding_body") if row.get(key)}
    named = {uri for row in rows for uri in uris(row)}
    return Known(
        by_external_id(courses, (row["external_id"] for row in rows)),
        by_external_id(Organization.objects.all(), bodies),
        {skill.uri: skill for skill in Skill.objects.filter(uri__in=named)},
    )


def _write(course: Course, row: dict[str, Any], known: Known) -> bool:
    is_new = course.pk is None
    changed = assign(course, values(course, row, known))
    if is_new:
        course.slug = unique_slug(Course, course.title)
        course.save()
    parts = [
        units.apply(course, row["units"]) if "units" in row else False,
        outcomes.apply(course, row["outcomes"], known.skills) if "outcomes" in row else False,
        _apply_skills(course, uris(row), known.skills) if _names_skills(row) else False,
        runs.apply(course, row.get("runs", [{}] if is_new else [])),
        # After the units, which its parts name.
        _translate(course, row["translations"]) if "translations" in row else False,
    ]
    is_changed = bool(changed) or any(parts)
    if is_changed and not is_new:
        # A part that changed counts: readers of ``updated_at`` look at the course as a whole.
        course.save(update_fields=[*changed, "updated_at"])
    return is_changed


def _translate(course: Course, rows: list[dict[str, Any]]) -> bool:
    fresh = Course.objects.prefetch_related("units", "translations").get(pk=course.pk)
    return translations.apply(fresh, rows)


def values(course: Course, row: dict[str, Any], known: Known) -> dict[str, Any]:
    """The course's own columns, as the row wants them."""
    wanted = picked(
        row,
        *("title", "summary", "description", "field", "language", "eqf_level", "prerequisites"),
        *("min_grade", "grading_scale"),
        *("ects", "assessment", "participation", "supervision", "quality_assurance"),
    )
    wanted["provider_id"] = organization(
        known.organizations, row["provider"], key="provider", role="provider"
    ).pk
    if row.get("awarding_body") or course.pk is None:
        wanted["awarding_body_id"] = organization(
            known.organizations,
            row.get("awarding_body") or row["provider"],
            key="awarding_body",
            role="awarding_body",
        ).pk
        if course.published_at and course.awarding_body_id != wanted["awarding_body_id"]:
            raise Invalid("awarding_body: cannot change once the course was published")
    return wanted


def uris(row: dict[str, Any]) -> list[str]:
    """What an outcome needs, the course teaches."""
    of_outcomes = [uri for outcome in row.get("outcomes", []) for uri in outcome.get("skills", [])]
    return list(dict.fromkeys([*row.get("skills", []), *of_outcomes]))


def _names_skills(row: dict[str, Any]) -> bool:
    return "skills" in row or "outcomes" in row


def _apply_skills(course: Course, uris: list[str], known: dict[str, Skill]) -> bool:
    missing = [uri for uri in uris if uri not in known]
    if missing:
        raise Invalid(*(f"skills: there is no skill {said(uri)}" for uri in missing))
    wanted = {known[uri].pk for uri in uris}
    links = {link.skill_id: link for link in course.course_skills.all()}
    for skill_id in links.keys() - wanted:
        links[skill_id].delete()
    CourseSkill.objects.bulk_create(
        CourseSkill(course=course, skill_id=skill_id) for skill_id in sorted(wanted - links.keys())
    )
    return wanted != links.keys()


def _keep_draft(course: Course, row: dict[str, Any]) -> bool:
    if "achievement" not in row:
        return False
    achievement, is_changed = pages.keep_achievement(
        course, row, default=Achievement.Kind.MICRO_CREDENTIAL
    )
    leaf = rules.CourseLeaf(course.pk)
    return pages.keep_draft(achievement, course, pages.wording(row), leaf) or is_changed


def _publish(
    course: Course, row: dict[str, Any], *, is_changed: bool, at: datetime.datetime
) -> bool:
    achievement, has_other_kind = pages.keep_achievement(
        course, row, default=Achievement.Kind.MICRO_CREDENTIAL
    )
    wording = pages.wording(row)
    if course.is_published and not is_changed and _says(achievement, course, wording):
        return has_other_kind
    actions.publish_course(course=course, at=at, wording=wording)
    return True


def _says(achievement: Achievement, course: Course, wording: actions.Wording) -> bool:
    """Whether the current version reads so already; of what was prefetched, without a query."""
    published = [version for version in achievement.versions.all() if version.published_at]
    current = max(published, key=lambda version: version.number, default=None)
    listed: list[Unit] = list(course.units.all())
    texts = actions.course_texts(course, units=listed, wording=wording)
    return current is not None and all(
        getattr(current, name) == value for name, value in texts.items()
    )
