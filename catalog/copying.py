"""A new draft made of a course that is there: for the next edition, or another language."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction

from catalog.models import Assignment, Course, Quiz, Unit
from lib.slugs import unique_slug

OWN = frozenset(
    {"id", "public_id", "slug", "external_id", "status", "published_at", "updated_at", "revises"}
    | {"submitted_at", "submitted_by", "publish_at", "scheduled_by", "edition"}
)
"""What every course has for itself."""


@transaction.atomic
def copy_course(course: Course, *, title: str, keep_unit_ids: bool = False) -> Course:
    """The same outcomes, skills, units and questions; no runs, no credential, no learners."""
    made: Course = _like(course, OWN, title=title, slug=unique_slug(Course, title))
    for outcome in course.outcomes.prefetch_related("skills"):
        _like(outcome, {"id"}, course=made).skills.set(outcome.skills.all())
    for translation in course.translations.all():
        _like(translation, {"id"}, course=made)
    for link in course.course_skills.all():
        _like(link, {"id"}, course=made)
    for node in course.prerequisite_nodes.all():
        _like(node, {"id"}, of_course=made)
    for unit in course.units.prefetch_related(
        "translations", "questions__choices", "pools", "criteria__levels"
    ):
        # Unless told, its external id stays with the unit that an import knows by it.
        own = {"id", "from_edition", "until_edition"}
        if not keep_unit_ids:
            own.add("external_id")
        new_unit = _like(unit, own, course=made, public_id=uuid.uuid4())
        for text in unit.translations.all():
            _like(text, {"id"}, unit=new_unit)
        _copy_quiz(unit, new_unit)
        _copy_assignment(unit, new_unit)
    return made


def _copy_quiz(unit: Unit, new_unit: Unit) -> None:
    for quiz in Quiz.objects.filter(unit=unit):
        _like(quiz, {"id"}, unit=new_unit)
    for pool in unit.pools.all():
        _like(pool, {"id"}, unit=new_unit)
    for question in unit.questions.all():
        new_question = _like(question, {"id"}, unit=new_unit)
        for choice in question.choices.all():
            _like(choice, {"id"}, question=new_question)


def _copy_assignment(unit: Unit, new_unit: Unit) -> None:
    for assignment in Assignment.objects.filter(unit=unit):
        _like(assignment, {"id"}, unit=new_unit)
    for criterion in unit.criteria.all():
        new_criterion = _like(criterion, {"id"}, unit=new_unit)
        for level in criterion.levels.all():
            _like(level, {"id"}, criterion=new_criterion)


def _like(row: Any, without: set[str] | frozenset[str], **values: object) -> Any:
    fields: list[models.Field[Any, Any]] = row._meta.concrete_fields
    kept = {f.name: getattr(row, f.name) for f in fields if f.name not in without}
    return type(row)._default_manager.create(**kept | values)
