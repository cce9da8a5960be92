"""Rules in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from catalog.models import Achievement, Course, Operator, OutcomeLevel, RuleTreeNode, Skill
from catalog.rules.rows import leaf_of
from catalog.rules.tree import (
    HUNDREDTHS,
    AchievementLeaf,
    CourseLeaf,
    Group,
    Leaf,
    Node,
    SkillLeaf,
    leaves,
)


def sentence(tree: Node, *, names: dict[Leaf, str]) -> str:
    """The rule in words: "Complete all of A, B and 2 of C, D, E.".

    In the language that is active; where it is frozen into a version, that is English.
    """
    said = _("Complete %(parts)s.") % {"parts": _phrase(tree, names)}
    if isinstance(tree, Group) and tree.counts_once:
        said += " " + _("Each course counts once.")
    return said


def _phrase(node: Node, names: dict[Leaf, str]) -> str:
    if not isinstance(node, Group):
        return leaf_phrase(node, names)
    parts = [
        f"({_phrase(child, names)})" if isinstance(child, Group) else _phrase(child, names)
        for child in node.children
    ]
    if len(parts) == 1 and node.operator not in (Operator.CREDITS, Operator.ECTS):
        return parts[0]
    joining = _("%(most)s or %(last)s") if node.operator == Operator.ANY else ""
    listed = parts[0]
    if len(parts) > 1:
        joining = joining or _("%(most)s and %(last)s")
        listed = joining % {"most": ", ".join(parts[:-1]), "last": parts[-1]}
    match node.operator:
        case Operator.ALL:
            return _("all of %(parts)s") % {"parts": listed}
        case Operator.ANY:
            return _("any one of %(parts)s") % {"parts": listed}
        case Operator.AT_LEAST:
            return _("at least %(n)s of %(parts)s") % {"n": node.n, "parts": listed}
        case _:
            return _("at least %(amount)s from %(parts)s") % {
                "amount": amount_of(node),
                "parts": listed,
            }


def heading(group: Group) -> str:
    """How many of its entries a group asks for, where they stand below it."""
    match group.operator:
        case Operator.ALL:
            said = _("all of these")
        case Operator.ANY:
            said = _("any one of these")
        case Operator.AT_LEAST:
            said = _("at least %(n)s of these") % {"n": group.n}
        case _:
            said = _("at least %(amount)s from these") % {"amount": amount_of(group)}
    if group.counts_once:
        said = _("%(group)s; each course counts once") % {"group": said}
    return said


def amount_of(group: Group) -> str:
    """How much a group that adds up credits asks for: "10 hours", "2.5 ECTS credits"."""
    n = group.n or 0
    if group.operator == Operator.ECTS:
        said = number_format((Decimal(n) / HUNDREDTHS).normalize())
        # The plural form goes by whole numbers: 2.5 is more than one.
        return ngettext("%(n)s ECTS credit", "%(n)s ECTS credits", 1 if n == HUNDREDTHS else 2) % {
            "n": said
        }
    if n % 60:
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    return ngettext("%(n)s hour", "%(n)s hours", n // 60) % {"n": n // 60}


def leaf_phrase(leaf: Leaf, names: dict[Leaf, str]) -> str:
    said = names[leaf]
    if leaf.min_grade:
        grade = number_format(leaf.min_grade.normalize())
        said = _("%(part)s with at least %(grade)s %%") % {"part": said, "grade": grade}
    if leaf.max_age_months:
        said = _("%(part)s within %(months)s months") % {
            "part": said,
            "months": leaf.max_age_months,
        }
    if leaf.allows_prior_learning:
        said = _("%(part)s or recognized prior learning") % {"part": said}
    return said


def leaf_names(tree: Node) -> dict[Leaf, str]:
    """What each leaf is called, in one query for each kind of thing that it names."""
    found = list(leaves(tree))
    courses = dict(
        Course.objects.filter(
            pk__in=[leaf.course_id for leaf in found if isinstance(leaf, CourseLeaf)]
        ).values_list("pk", "title")
    )
    achievements = dict(
        Achievement.objects.filter(
            pk__in=[leaf.achievement_id for leaf in found if isinstance(leaf, AchievementLeaf)]
        ).values_list("pk", Coalesce("track__title", "course__title"))
    )
    skills = dict(
        Skill.objects.filter(
            pk__in=[leaf.skill_id for leaf in found if isinstance(leaf, SkillLeaf)]
        ).values_list("pk", "label")
    )
    issuer_ids = {leaf.issuer_id for leaf in found if leaf.issuer_id is not None}
    issuers = (
        dict(Organization.objects.filter(pk__in=issuer_ids).values_list("pk", "name"))
        if issuer_ids
        else {}
    )

    def name(leaf: Leaf) -> str:
        match leaf:
            case CourseLeaf():
                said = courses[leaf.course_id]
            case AchievementLeaf():
                said = str(achievements[leaf.achievement_id])
            case SkillLeaf():
                said = skills[leaf.skill_id]
        return _name(leaf, said, issuers.get(leaf.issuer_id or 0, ""))

    return {leaf: name(leaf) for leaf in found}


def names_from_rows(rows: Iterable[RuleTreeNode]) -> dict[Leaf, str]:
    """The same of rows whose course, achievement, skill and issuer are loaded."""
    names: dict[Leaf, str] = {}
    for row in rows:
        if leaf := leaf_of(row):
            achievement = row.achievement
            subject = row.course or (achievement and (achievement.track or achievement.course))
            said = subject.title if subject else row.skill.label if row.skill else ""
            names[leaf] = _name(leaf, said, row.issuer.name if row.issuer else "")
    return names


def _name(leaf: Leaf, said: str, issuer: str) -> str:
    if isinstance(leaf, SkillLeaf):
        said = _skill(said, leaf.level)
    if issuer:
        said = _("%(part)s from %(issuer)s") % {"part": said, "issuer": issuer}
    return said


def _skill(label: str, level: int) -> str:
    if not level:
        return _("a credential that proves “%(skill)s”") % {"skill": label}
    return _("a credential that proves “%(skill)s” (%(level)s or above)") % {
        "skill": label,
        "level": list(OutcomeLevel)[level - 1].label.lower(),
    }
