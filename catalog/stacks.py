"""What a track is made of, down through the tracks it stands on: rows read into a plain tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from catalog import equivalents, rules
from catalog.durations import in_words
from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    OutcomeLevel,
    Skill,
)

MAX_DEPTH = 4

State = Literal["", "done", "begun"]


@dataclass(frozen=True)
class Part:
    """A course, a track, or a group of parts that has no name of its own.

    ``rule`` says how many of ``parts`` are asked for. ``url`` is empty where no page exists yet.
    ``state`` and ``said`` are where one learner stands in it.
    """

    kind: str
    title: str
    note: str = ""
    url: str = ""
    rule: str = ""
    course_id: int | None = None
    parts: tuple[Part, ...] = ()
    state: State = ""
    said: str = ""

    @property
    def is_track(self) -> bool:
        return self.kind == "track"


class Loader:
    """The rules in force below achievements, with what they name: ``trees`` by achievement.

    ``draft`` is a rule to show for the first of them instead of the one in force. ``part()`` is
    the stack of the first of them. The number of queries depends on how deep the rules are, not on
    how many.
    """

    def __init__(self, *goals: Achievement, draft: rules.Node | None = None) -> None:
        self.goals = goals
        self.achievements = {goal.pk: goal for goal in goals}
        self.trees: dict[int, rules.Node] = {goals[0].pk: draft} if draft else {}
        self.versions: dict[int, AchievementVersion] = {}
        frontier = set(self.achievements)
        for _depth in range(MAX_DEPTH):
            self._read_rules(frontier)
            frontier = {
                leaf.achievement_id
                for pk in frontier & self.trees.keys()
                for leaf in rules.leaves(self.trees[pk])
                if isinstance(leaf, rules.AchievementLeaf)
            } - self.achievements.keys()
            if not frontier:
                break
            self.achievements |= Achievement.objects.select_related("track", "course").in_bulk(
                list(frontier)
            )
        leaves = [leaf for tree in self.trees.values() for leaf in rules.leaves(tree)]
        course_ids = {leaf.course_id for leaf in leaves if isinstance(leaf, rules.CourseLeaf)}
        self._substitutes = equivalents.counting_as(course_ids)
        course_ids.update(*self._substitutes.values())
        course_ids |= {found.course_id for found in self.achievements.values() if found.course_id}
        self.courses = Course.objects.with_workload().in_bulk(list(course_ids))
        issuer_ids = {leaf.issuer_id for leaf in leaves if leaf.issuer_id is not None}
        self.issuers = Organization.objects.in_bulk(list(issuer_ids)) if issuer_ids else {}
        skill_ids = {leaf.skill_id for leaf in leaves if isinstance(leaf, rules.SkillLeaf)}
        self.skills = Skill.objects.in_bulk(list(skill_ids)) if skill_ids else {}

    def _read_rules(self, achievement_ids: set[int]) -> None:
        for version in (
            AchievementVersion.objects.current()
            .filter(achievement__in=achievement_ids)
            .prefetch_related("rule_nodes")
        ):
            self.versions[version.achievement_id] = version
            tree = rules.from_rows(version.rule_nodes.all())
            if tree is not None:
                self.trees.setdefault(version.achievement_id, tree)

    def substitutes(self, course_id: int) -> list[Course]:
        """The courses that count as this one, if they are completed now."""
        return [self.courses[pk] for pk in self._substitutes.get(course_id, ())]

    def part(self) -> Part:
        return self._of_achievement(self.goals[0], depth=0)

    def _of_achievement(self, achievement: Achievement, *, depth: int) -> Part:
        subject = achievement.track or achievement.course
        assert subject is not None
        tree = self.trees.get(achievement.pk)
        rule = ""
        parts: tuple[Part, ...] = ()
        if achievement.track is not None and tree is not None and depth < MAX_DEPTH:
            rule, parts = self._below(tree, depth=depth)
        return Part(
            kind="track" if achievement.track is not None else "course",
            title=subject.title,
            note=achievement.get_kind_display(),
            url=subject.get_absolute_url() if subject.is_public else "",
            rule=rule,
            course_id=achievement.course_id,
            parts=parts,
        )

    def _below(self, tree: rules.Node, *, depth: int) -> tuple[str, tuple[Part, ...]]:
        if not isinstance(tree, rules.Group):
            return "", (self._of_node(tree, depth=depth),)
        children = tuple(self._of_node(child, depth=depth) for child in tree.children)
        return _how_many(tree), children

    def _of_node(self, node: rules.Node, *, depth: int) -> Part:
        if isinstance(node, rules.Group):
            rule, parts = self._below(node, depth=depth)
            return Part(kind="group", title=rule or _("this"), rule=rule, parts=parts)
        limits = self._limits(node)
        if isinstance(node, rules.AchievementLeaf):
            part = self._of_achievement(self.achievements[node.achievement_id], depth=depth + 1)
            return replace(part, note=" · ".join((part.note, *limits)))
        if isinstance(node, rules.SkillLeaf):
            skill = self.skills[node.skill_id]
            return Part(
                kind="skill",
                title=skill.label,
                note=" · ".join((_skill(node.level), *limits)),
                url=skill.get_absolute_url(),
            )
        course = self.courses[node.course_id]
        worth = [in_words(course.minutes)]  # type: ignore[attr-defined]
        if course.ects:
            worth.append(f"{number_format(course.ects.normalize())} ECTS")
        others = (
            _("or “%(course)s”") % {"course": one.title} for one in self.substitutes(course.pk)
        )
        return Part(
            kind="course",
            title=course.title,
            note=" · ".join((*worth, *limits, *others)),
            url=course.get_absolute_url() if course.is_public else "",
            course_id=course.pk,
        )

    def _limits(self, leaf: rules.Leaf) -> list[str]:
        """What the leaf asks for beside the thing itself, in words."""
        said = []
        if leaf.min_grade:
            said.append(
                _("at least %(grade)s %%") % {"grade": number_format(leaf.min_grade.normalize())}
            )
        if leaf.max_age_months:
            said.append(
                ngettext("within %(n)s month", "within %(n)s months", leaf.max_age_months)
                % {"n": leaf.max_age_months}
            )
        if leaf.issuer_id:
            said.append(_("from %(issuer)s") % {"issuer": self.issuers[leaf.issuer_id].name})
        if leaf.allows_prior_learning:
            said.append(_("or recognized prior learning"))
        return said


def _skill(level: int) -> str:
    if not level:
        return _("skill, proved by any credential")
    said = list(OutcomeLevel)[level - 1].label.lower()
    return _("skill, proved by any credential: %(level)s or above") % {"level": said}


def _how_many(group: rules.Group) -> str:
    count = len(group.children)
    if count == 1 and group.operator not in (rules.Operator.CREDITS, rules.Operator.ECTS):
        return ""
    match group.operator:
        case rules.Operator.ALL:
            return _("both of these") if count == 2 else _("all %(n)s of these") % {"n": count}
        case rules.Operator.ANY:
            return _("any 1 of these %(n)s") % {"n": count}
        case rules.Operator.AT_LEAST:
            return _("at least %(least)s of these %(n)s") % {"least": group.n, "n": count}
        case rules.Operator.CREDITS:
            return _("at least %(time)s of these") % {"time": in_words(group.n or 0)}
        case _:
            return _("at least %(amount)s of these") % {"amount": rules.amount_of(group)}
