"""In words: why something was awarded, or why it was not yet, and what is missing.

Why it was, is read from the award's trace. Why it was not, is judged anew, by the version in force
and, where that is another, by the one that the learner has joined.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from catalog import rules
from catalog.judging import Evidence, Fact, judge, qualifying, support
from catalog.models import Achievement, AchievementVersion
from credentials import traces
from credentials.evidence import standing_of
from credentials.models import Award, AwardTrace, Recognition, Refusal
from credentials.rulebook import Rule, book
from enrollment import grades
from enrollment.models import Enrollment


@dataclass(frozen=True)
class Line:
    """One entry of a rule: what was asked, and the words of what satisfies it, if anything does."""

    asked: str
    by: str = ""

    @property
    def is_met(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True)
class ByVersion:
    """Where a learner stands by one version. ``left`` is the least workload, in minutes."""

    version: AchievementVersion
    sentence: str
    lines: tuple[Line, ...]
    left: int
    is_met: bool
    is_newest: bool


@dataclass(frozen=True)
class Explanation:
    """``because`` is of the award, if there is one that stands; else ``versions`` say what is not
    there yet, the one that the learner has joined first."""

    achievement: Achievement
    award: Award | None = None
    refusal: Refusal | None = None
    because: tuple[Line, ...] = ()
    versions: tuple[ByVersion, ...] = ()


def explain(*, learner: User, achievement: Achievement, at: datetime.datetime) -> Explanation:
    held = (
        Award.objects.standing()
        .filter(learner=learner, achievement=achievement)
        .exclude(expires_at__lte=at)
        .order_by("-number")
        .first()
    )
    if held:
        return explain_award(held)
    standing = standing_of(learner)
    newest = achievement.versions.current().first()
    versions = [newest] if newest else []
    joined = standing.pursued.get(achievement.pk)
    if newest and joined and joined != newest.pk:
        versions.insert(0, achievement.versions.get(pk=joined))
    evidence = standing.evidence(at=at, equivalents=achievement.course_id is None)
    return Explanation(
        achievement=achievement,
        refusal=Refusal.objects.filter(
            learner=learner, achievement=achievement, lifted_at=None
        ).first(),
        versions=tuple(
            _by_version(version, rule, evidence, at=at, is_newest=version == newest)
            for version in versions
            if (rule := book.rule(version.pk))
        ),
    )


def explain_award(award: Award) -> Explanation:
    """Why it was awarded, whatever has become of it since."""
    try:
        trace = award.trace
    except AwardTrace.DoesNotExist:
        return Explanation(award.achievement, award)
    tree = rules.from_rows(award.version.rule_nodes.all())
    if tree is None or "evidence" not in json.loads(trace.document):
        return Explanation(award.achievement, award)
    facts = traces.facts_of(trace)
    return Explanation(award.achievement, award, because=_lines(tree, facts, only_met=True))


def _by_version(
    version: AchievementVersion,
    rule: Rule,
    evidence: Evidence,
    *,
    at: datetime.datetime,
    is_newest: bool,
) -> ByVersion:
    tree = rule.tree
    found = judge(tree, evidence, at=at)
    met = found.leaves if found else _met(tree, evidence, at=at)
    worth = rules.amounts(tree, rules.MINUTES)
    return ByVersion(
        version=version,
        sentence=rules.sentence(tree, names=rules.leaf_names(tree)),
        lines=_lines(tree, met),
        left=0 if found else _left(tree, 0, met, worth),
        is_met=found is not None,
        is_newest=is_newest,
    )


def _met(tree: rules.Node, evidence: Evidence, *, at: datetime.datetime) -> dict[int, Fact]:
    """A fact for each leaf that has one; none twice, where each counts once."""
    once = isinstance(tree, rules.Group) and tree.counts_once
    met: dict[int, Fact] = {}
    taken: set[object] = set()
    for number, leaf in rules.numbered(tree):
        if isinstance(leaf, rules.Group):
            continue
        for fact in qualifying(leaf, evidence, at=at):
            thing = fact.item or rules.item_of(leaf) or (fact.kind, fact.pk)
            if not once or thing not in taken:
                taken.add(thing)
                met[number] = fact
                break
    return met


def _left(
    node: rules.Node, number: int, met: Mapping[int, Fact], worth: Mapping[tuple[str, int], int]
) -> int:
    """The least workload of what is not met; of a group that adds up ECTS, all that is open."""
    if not isinstance(node, rules.Group):
        return 0 if number in met else rules.least(node, worth, rules.MINUTES)
    children = list(rules.numbered_children(node, number))
    left = sorted(_left(child, child_number, met, worth) for child_number, child in children)
    match node.operator:
        case rules.Operator.ALL:
            return sum(left)
        case rules.Operator.CREDITS:
            things = {
                met[inner].item or inner: met[inner].minutes
                for inner, leaf in rules.numbered(node, number)
                if not isinstance(leaf, rules.Group) and inner in met and rules.item_of(leaf)
            }
            return min(max((node.n or 0) - sum(things.values()), 0), sum(left))
        case rules.Operator.ECTS:
            return sum(left) if support(node, _renumbered(node, number, met)) is None else 0
        case rules.Operator.ANY:
            return left[0] if left else 0
        case _:
            return sum(left[: node.n or 0])


def _renumbered(node: rules.Node, number: int, met: Mapping[int, Fact]) -> dict[int, Fact]:
    inside = {inner for inner, _ in rules.numbered(node, number)}
    return {inner - number: fact for inner, fact in met.items() if inner in inside}


def _lines(
    tree: rules.Node, facts: Mapping[int, Fact], *, only_met: bool = False
) -> tuple[Line, ...]:
    names = rules.leaf_names(tree)
    said = _Said(list(facts.values()))
    return tuple(
        Line(
            asked=rules.sentence(leaf, names=names),
            by=said.words(leaf, facts[number]) if number in facts else "",
        )
        for number, leaf in rules.numbered(tree)
        if not isinstance(leaf, rules.Group) and (number in facts or not only_met)
    )


class _Said:
    """The words of facts, whose rows are read at once."""

    def __init__(self, facts: list[Fact]) -> None:
        pks = {
            kind: [fact.pk for fact in facts if fact.kind == kind]
            for kind in ("completion", "award", "recognition")
        }
        self.completions = Enrollment.objects.select_related("run__course").in_bulk(
            pks["completion"]
        )
        self.awards = Award.objects.select_related("version").in_bulk(pks["award"])
        self.recognitions = Recognition.objects.select_related("course", "skill").in_bulk(
            pks["recognition"]
        )

    def words(self, leaf: rules.Leaf, fact: Fact) -> str:
        day = date_format(fact.at, "DATE_FORMAT")
        match fact.kind:
            case "completion":
                course = self.completions[fact.pk].run.course
                said = _("“%(name)s”, completed on %(day)s") % {"name": course.title, "day": day}
                if fact.grade is not None:
                    grade = grades.said(fact.grade, course.grading_scale)
                    said = _("%(what)s: %(grade)s") % {"what": said, "grade": grade}
                course_id = course.pk
            case "award":
                name = self.awards[fact.pk].version.name
                return _("the credential “%(name)s” of %(day)s") % {"name": name, "day": day}
            case _:
                row = self.recognitions[fact.pk]
                name = str(row.course or row.skill)
                said = _("prior learning, recognized as “%(name)s” on %(day)s") % {
                    "name": name,
                    "day": day,
                }
                course_id = row.course_id or 0
        if isinstance(leaf, rules.CourseLeaf) and course_id != leaf.course_id:
            return _("%(what)s, which counts as it") % {"what": said}
        return said
