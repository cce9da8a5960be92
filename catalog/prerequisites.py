"""The rule that a course asks its learners to meet beforehand: read, written, said in words."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import rules
from catalog.models import Achievement, Course, Prerequisite, Skill, Track

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


def in_words(course: Course) -> str:
    """The rule in words; empty when the course is open to all."""
    tree = load(course)
    if tree is not None:
        return sentence(tree)
    return str(UNREADABLE) if course.prerequisite_nodes.exists() else ""


def named(course: Course) -> list[Course | Track | Skill]:
    """What the rule names and has a page of its own, in the order of the rule, once each."""
    tree = load(course)
    leaves = list(rules.leaves(tree)) if tree else []
    of = partial(_ids, leaves)
    courses = Course.objects.public().in_bulk(of(rules.CourseLeaf, "course_id"))
    achievements = Achievement.objects.select_related("course", "track").in_bulk(
        of(rules.AchievementLeaf, "achievement_id")
    )
    skills = Skill.objects.in_bulk(of(rules.SkillLeaf, "skill_id"))

    def page(leaf: rules.Leaf) -> Course | Track | Skill | None:
        match leaf:
            case rules.CourseLeaf():
                return courses.get(leaf.course_id)
            case rules.AchievementLeaf():
                subject = achievements[leaf.achievement_id]
                found = subject.course or subject.track
                return found if found and found.is_public else None
            case rules.SkillLeaf():
                return skills[leaf.skill_id]

    return list(dict.fromkeys(found for leaf in leaves if (found := page(leaf)) is not None))


def _ids(leaves: list[rules.Leaf], kind: type[rules.Leaf], name: str) -> list[int]:
    return [getattr(leaf, name) for leaf in leaves if isinstance(leaf, kind)]


def sentence(tree: rules.Node) -> str:
    """What to do before joining: “First complete all of A and B.”"""
    return _("First: %(rule)s") % {"rule": rules.sentence(tree, names=rules.leaf_names(tree))}
