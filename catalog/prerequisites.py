"""The rule that a course asks its learners to meet beforehand: read, written, said in words."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import rules
from catalog.models import Course, Prerequisite

UNREADABLE = gettext_lazy("The rule for joining this course cannot be read. Write to the provider.")


def load(course: Course) -> rules.Node | None:
    """The rule; ``None`` without one, and when the rows do not make one."""
    return rules.from_rows(course.prerequisite_nodes.all())


def problems(course: Course, tree: rules.Node) -> list[str]:
    """Why the course cannot ask for this; empty when it can."""
    found = rules.shape_errors(tree)
    own = {course.pk, course.revises_id} - {None}
    named = {leaf.course_id for leaf in rules.leaves(tree) if isinstance(leaf, rules.CourseLeaf)}
    if own & named:
        found.append("The course asks for itself. Name another one.")
    return found


@transaction.atomic
def store(course: Course, tree: rules.Node | None) -> None:
    """Replace the rule. Raises ``InvalidRule`` when it could not be met."""
    course.prerequisite_nodes.all().delete()
    if tree is None:
        return
    errors = problems(course, tree)
    if errors:
        raise rules.InvalidRule(" ".join(errors))
    Prerequisite.objects.bulk_create(
        Prerequisite(of_course=course, **columns) for columns in rules.in_columns(tree)
    )


def sentence(tree: rules.Node) -> str:
    """What to do before joining: “First complete all of A and B.”"""
    return _("First: %(rule)s") % {"rule": rules.sentence(tree, names=rules.leaf_names(tree))}
