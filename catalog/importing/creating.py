"""New published courses, a batch at a time: what one row costs by itself, a hundred cost here.

Whatever a batch stumbles over, nothing of it is written; its rows are then applied one by one, and
the one that is wrong says why.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, transaction

from catalog import actions, rules
from catalog.importing import assignments, courses, questions, quizzes, runs, units
from catalog.importing.changes import picked
from catalog.importing.fields import Invalid
from catalog.importing.pages import wording
from catalog.models import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    Course,
    CourseRun,
    CourseSkill,
    LearningOutcome,
    RuleNode,
    Skill,
    Status,
    Unit,
)
from catalog.search import courses_changed
from lib.slugs import slug_stem, unique_slug

Row = dict[str, Any]


def create(rows: list[Row], *, at: datetime.datetime) -> set[str]:
    """The external ids of the rows that are now courses; the others are left to be applied."""
    ids = {row["external_id"] for row in rows}
    there = set(Course.objects.filter(external_id__in=ids).values_list("external_id", flat=True))
    new = [row for row in rows if row["external_id"] not in there and _is_plain(row)]
    if not new:
        return set()
    known = courses.look_up(new)
    try:
        with transaction.atomic():
            _create(new, known, at)
    except (Invalid, DatabaseError):
        return set()
    return {row["external_id"] for row in new}


def _is_plain(row: Row) -> bool:
    """Whether the row is to be published, and has what publishing asks for."""
    listed = row.get("units", [])
    return (
        row.get("status", Status.PUBLISHED) == Status.PUBLISHED
        and bool(listed)
        and not row.get("translations")
        and all(unit.get("questions") for unit in listed if unit.get("kind") == Unit.Kind.QUIZ)
        and all(unit.get("criteria") for unit in listed if unit.get("kind") == "assignment")
    )


def _create(rows: list[Row], known: courses.Known, at: datetime.datetime) -> None:
    slugs = _slugs(rows)
    made = Course.objects.bulk_create(
        Course(
            external_id=row["external_id"],
            slug=slug,
            status=Status.PUBLISHED,
            published_at=at,
            **courses.values(Course(), row, known),
        )
        for row, slug in zip(rows, slugs, strict=True)
    )
    pairs = list(zip(made, rows, strict=True))
    skills = {course.pk: _skills(row, known) for course, row in pairs}
    CourseSkill.objects.bulk_create(
        CourseSkill(course=course, skill=skill) for course in made for skill in skills[course.pk]
    )
    made_units = _create_units(pairs)
    _create_outcomes(pairs, known)
    CourseRun.objects.bulk_create(
        CourseRun(course=course, external_id=run.get("external_id") or None, **runs.values(run))
        for course, row in pairs
        for run in row.get("runs", [{}])
    )
    levels = {course.pk: _levels(row, skills[course.pk], known) for course, row in pairs}
    _publish(pairs, made_units, levels, at)
    courses_changed(course.pk for course in made)


def _create_units(pairs: list[tuple[Course, Row]]) -> dict[int, list[Unit]]:
    rows = [(course, place, row) for course, r in pairs for place, row in enumerate(r["units"])]
    made = Unit.objects.bulk_create(
        Unit(course=course, position=place, **picked(row, *units.FIELDS))
        for course, place, row in rows
    )
    by_course: dict[int, list[Unit]] = {course.pk: [] for course, _ in pairs}
    for unit in made:
        by_course[unit.course_id].append(unit)
    questions.create_all(
        (unit, place, question)
        for unit, (_, _, row) in zip(made, rows, strict=True)
        for place, question in enumerate(row.get("questions", []))
    )
    for unit, (_, _, row) in zip(made, rows, strict=True):
        quizzes.apply(unit, {"quiz": row["quiz"]} if "quiz" in row else {})
        assignments.apply(unit, row)
    return by_course


def _create_outcomes(pairs: list[tuple[Course, Row]], known: courses.Known) -> None:
    rows = [
        (course, position, row)
        for course, r in pairs
        for position, row in enumerate(r.get("outcomes", []), 1)
    ]
    made = LearningOutcome.objects.bulk_create(
        LearningOutcome(
            course=course, position=position, text=row["text"], level=row.get("level", "")
        )
        for course, position, row in rows
    )
    through = LearningOutcome.skills.through
    through._default_manager.bulk_create(
        through(learningoutcome_id=outcome.pk, skill_id=skill.pk)
        for outcome, (_, _, row) in zip(made, rows, strict=True)
        for skill in _named(row.get("skills", []), known)
    )


def _levels(row: Row, skills: list[Skill], known: courses.Known) -> actions.Levels:
    levels: actions.Levels = dict.fromkeys((skill.pk for skill in skills), "")
    actions.raise_levels(
        levels,
        (
            (skill.pk, outcome.get("level", ""))
            for outcome in row.get("outcomes", [])
            for skill in _named(outcome.get("skills", []), known)
            if skill.pk in levels
        ),
    )
    return levels


def _publish(
    pairs: list[tuple[Course, Row]],
    made_units: dict[int, list[Unit]],
    levels: dict[int, actions.Levels],
    at: datetime.datetime,
) -> None:
    """As ``actions.publish_course`` does it. Nobody can have completed what was not there."""
    achievements = Achievement.objects.bulk_create(
        Achievement(
            course=course,
            awarding_body_id=course.awarding_body_id,
            kind=row.get("achievement", {}).get("kind") or Achievement.Kind.MICRO_CREDENTIAL,
        )
        for course, row in pairs
    )
    versions = AchievementVersion.objects.bulk_create(
        AchievementVersion(
            achievement=achievement,
            number=1,
            **actions.course_texts(course, units=made_units[course.pk], wording=wording(row)),
        )
        for achievement, (course, row) in zip(achievements, pairs, strict=True)
    )
    of_versions = list(zip(versions, pairs, strict=True))
    RuleNode.objects.bulk_create(
        node
        for version, (course, _) in of_versions
        for node in rules.to_rows(version, rules.CourseLeaf(course.pk))
    )
    AchievementVersionSkill.objects.bulk_create(
        AchievementVersionSkill(version=version, skill_id=skill_id, level=level)
        for version, (course, _) in of_versions
        for skill_id, level in levels[course.pk].items()
    )
    # Versions begin as drafts, which the database holds them to.
    AchievementVersion.objects.filter(pk__in=[version.pk for version in versions]).update(
        published_at=at
    )
    actions.rules_changed()


def _skills(row: Row, known: courses.Known) -> list[Skill]:
    return _named(courses.uris(row), known)


def _named(uris: Iterable[str], known: courses.Known) -> list[Skill]:
    wanted = list(dict.fromkeys(uris))
    if missing := [uri for uri in wanted if uri not in known.skills]:
        raise Invalid(*missing)
    return [known.skills[uri] for uri in wanted]


def _slugs(rows: list[Row]) -> list[str]:
    """One for each. Titles that nobody has are the rule, so they are asked for at once."""
    stems = [slug_stem(row["title"]) for row in rows]
    taken = set(Course.objects.filter(slug__in=stems).values_list("slug", flat=True))
    # In order, and quick to look into.
    given: dict[str, None] = {}
    for row, stem in zip(rows, stems, strict=True):
        is_free = stem not in taken and stem not in given
        given[stem if is_free else unique_slug(Course, row["title"], besides=given)] = None
    return list(given)
