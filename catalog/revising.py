"""The next state of a published course: written beside it, compared with it, put in its place.

Learners see the published course and work in its units while a curator changes a copy of it.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from catalog import actions, drafting, prerequisites
from catalog.copying import OWN, copy_course
from catalog.importing import assignments, learning_outcomes, quizzes, translations, units
from catalog.importing.fields import Invalid
from catalog.models import AchievementVersion, Course, CourseSkill, Renewal, Unit


@transaction.atomic
def revision_of(course: Course) -> Course:
    """The copy in which the course is changed; made when there is none."""
    known = Course.objects.filter(revises=course).first()
    if known:
        return known
    _name_units(course)
    made = copy_course(course, title=course.title, keep_unit_ids=True)
    made.revises = course
    made.save(update_fields=["revises"])
    wording, term = drafting.wording_in_force(course), drafting.term_in_force(course)
    if (wording, term) != (actions.Wording(), actions.Term()):
        drafting.save_wording(drafting.achievement_of(made), wording, term)
    return made


def _name_units(course: Course) -> None:
    """By its name a copy's unit is known to be the one in which learners have made progress."""
    for unit in course.units.filter(external_id=""):
        unit.external_id = f"unit-{unit.public_id}"
        unit.save(update_fields=["external_id"])


@transaction.atomic
def apply(revision: Course, *, at: datetime.datetime) -> AchievementVersion:
    """Make the published course what its revision is, and publish it.

    Units are those of before where they are still there, so that nobody's progress is lost.
    Raises ``CannotPublish`` where a unit is missing that learners have worked in.
    """
    assert revision.revises_id is not None
    course = Course.objects.select_for_update().get(pk=revision.revises_id)
    wording, term = drafting.wording_in_force(revision), drafting.term_in_force(revision)
    _name_units(revision)
    skills = {skill.uri: skill for skill in revision.skills.all()}
    for outcome in revision.outcomes.all():
        skills |= {skill.uri: skill for skill in outcome.skills.all()}
    try:
        units.apply(course, _unit_rows(revision))
        learning_outcomes.apply(course, _outcome_rows(revision), skills)
        fresh = Course.objects.prefetch_related("units", "translations").get(pk=course.pk)
        fresh.language = revision.language
        translations.apply(fresh, _translation_rows(revision))
    except Invalid as error:
        raise actions.CannotPublish(f"{error}.") from error
    for name in _content():
        setattr(course, name, getattr(revision, name))
    course.save(update_fields=[*_content(), "updated_at"])
    course.course_skills.exclude(skill__in=skills.values()).delete()
    CourseSkill.objects.bulk_create(
        (CourseSkill(course=course, skill=skill) for skill in skills.values()),
        ignore_conflicts=True,
    )
    prerequisites.store(course, prerequisites.load(revision))
    drafting.discard(item=revision)
    return actions.publish_course(course=course, at=at, wording=wording, term=term)


def _content() -> list[str]:
    """The columns that a revision may change; who awards is fixed once it was published."""
    fixed = {*OWN, "awarding_body"}
    return [field.name for field in Course._meta.concrete_fields if field.name not in fixed]


def _unit_rows(course: Course) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(unit, name) for name in units.FIELDS},
            **(quizzes.to_row(unit) if unit.is_quiz else {"questions": []}),
            **assignments.to_row(unit),
        }
        for unit in _units_in_full(course)
    ]


def _units_in_full(course: Course) -> QuerySet[Unit]:
    return course.units.select_related("assignment", "quiz").prefetch_related(
        "questions__choices", "pools", "criteria__levels"
    )


def _outcome_rows(course: Course) -> list[dict[str, Any]]:
    return [
        {
            "text": outcome.text,
            "level": outcome.level,
            "skills": [skill.uri for skill in outcome.skills.all()],
        }
        for outcome in course.outcomes.prefetch_related("skills")
    ]


def _translation_rows(course: Course) -> list[dict[str, Any]]:
    units_of: dict[str, list[dict[str, Any]]] = {}
    for unit in course.units.prefetch_related("translations"):
        for text in unit.translations.all():
            row = {"external_id": unit.external_id, "title": text.title, "body": text.body}
            units_of.setdefault(text.language, []).append(row)
    return [
        {
            "language": one.language,
            **{name: getattr(one, name) for name in translations.FIELDS},
            "units": units_of.get(one.language, []),
        }
        for one in course.translations.all()
    ]


@dataclass(frozen=True)
class Line:
    """``sign`` is "+" for what is new, "-" for what goes, a blank for what stays around it."""

    sign: str
    text: str


@dataclass(frozen=True)
class Change:
    title: str
    lines: list[Line]


def changes(revision: Course) -> list[Change]:
    """Where the revision differs from what is published, part by part."""
    assert revision.revises is not None
    old, new = _texts(revision.revises), _texts(revision)
    titles = [*new, *(title for title in old if title not in new)]
    compared = [
        Change(title, list(_differences(old.get(title, ""), new.get(title, ""))))
        for title in titles
    ]
    return [change for change in compared if change.lines]


def _differences(old: str, new: str) -> Iterator[Line]:
    compared = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
    for line in list(compared)[2:]:
        yield Line("…", "") if line.startswith("@@") else Line(line[0], line[1:])


def _texts(course: Course) -> dict[str, str]:
    """The course as named texts, in the order in which it is read."""
    texts = {
        str(field.verbose_name).capitalize(): _said(course, field.name)
        for field in Course._meta.concrete_fields
        if field.name in _content()
    }
    texts["What the credential says"] = _credential(course)
    joining = prerequisites.load(course)
    texts["What it asks for beforehand"] = prerequisites.sentence(joining) if joining else ""
    texts["Skills"] = "\n".join(sorted(skill.label for skill in course.skills.all()))
    texts["Learning outcomes"] = "\n".join(
        f"{row['text']} ({row['level'] or 'no level'})" for row in _outcome_rows(course)
    )
    for row in _translation_rows(course):
        lines = [str(row[name]) for name in translations.FIELDS]
        lines += [f"{unit['title']}\n{unit['body']}" for unit in row["units"]]
        texts[f"In the language {row['language']}"] = "\n".join(lines)
    listed = list(_units_in_full(course))
    texts["Order of units"] = "\n".join(unit.title for unit in listed)
    for unit in listed:
        texts[f"Unit “{unit.title}”"] = _unit_text(unit)
    return texts


def _credential(course: Course) -> str:
    wording, term = drafting.wording_in_force(course), drafting.term_in_force(course)
    valid = f"Valid for {term.valid_months} months" if term.valid_months else "Valid for ever"
    renewal = f"Renewed by: {Renewal(term.renewal).label}" if term.valid_months else ""
    lines = [wording.name, wording.description, wording.criteria, valid, renewal]
    return "\n".join(line for line in lines if line)


def _said(course: Course, name: str) -> str:
    display = getattr(course, f"get_{name}_display", None)
    value = display() if display else getattr(course, name)
    return "" if value is None else str(value)


def _unit_text(unit: Unit) -> str:
    lines = [f"{unit.get_kind_display()}, {unit.minutes} minutes", unit.body.replace("\r\n", "\n")]
    if unit.is_quiz or unit.is_assignment:
        lines.append(f"Passed from {unit.pass_percent} percent on")
    if unit.is_assignment:
        lines += assignments.in_words(unit)
    if unit.is_quiz:
        lines += quizzes.in_words(unit)
    return "\n".join(lines)
