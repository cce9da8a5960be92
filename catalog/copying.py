"""A new draft made of a course that is there: for the next edition, or another language."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction

from catalog.models import Course
from lib.slugs import unique_slug

OWN = frozenset({"id", "public_id", "slug", "external_id", "status", "published_at", "updated_at"})
"""What every course has for itself."""


@transaction.atomic
def copy_course(course: Course) -> Course:
    """The same outcomes, skills, units and questions; no runs, no credential, no learners."""
    title = f"{course.title} (copy)"[:200]
    made: Course = _like(course, OWN, title=title, slug=unique_slug(Course, title))
    for outcome in course.outcomes.prefetch_related("skills"):
        _like(outcome, {"id"}, course=made).skills.set(outcome.skills.all())
    for link in course.course_skills.all():
        _like(link, {"id"}, course=made)
    for unit in course.units.prefetch_related("questions__choices"):
        # Its external id stays with the unit that an import knows by it.
        new_unit = _like(unit, {"id", "external_id"}, course=made, public_id=uuid.uuid4())
        for question in unit.questions.all():
            new_question = _like(question, {"id"}, unit=new_unit)
            for choice in question.choices.all():
                _like(choice, {"id"}, question=new_question)
    return made


def _like(row: Any, without: set[str] | frozenset[str], **values: object) -> Any:
    fields: list[models.Field[Any, Any]] = row._meta.concrete_fields
    kept = {f.name: getattr(row, f.name) for f in fields if f.name not in without}
    return type(row)._default_manager.create(**kept | values)
