"""What a rule means for one learner. Pure: no clock, no database.

Fails closed: an empty group, an unknown operator or a number that cannot be met satisfies nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.rules import AchievementLeaf, CourseLeaf, Group, Leaf, Node, Operator


@dataclass(frozen=True)
class Fact:
    """Evidence that stands: a completion or an award, by the primary key of its row."""

    pk: int
    at: datetime.datetime
    grade: Decimal | None = None
    minutes: int = 0


@dataclass(frozen=True)
class Evidence:
    """All that one learner has: the facts by course, achievement and skill, newest first."""

    completions: Mapping[int, Sequence[Fact]] = field(default_factory=dict)
    awards: Mapping[int, Sequence[Fact]] = field(default_factory=dict)
    skills: Mapping[int, Sequence[Fact]] = field(default_factory=dict)
    """Completions once more, by the skills that their courses teach."""


@dataclass(frozen=True)
class Support:
    """Why a rule is satisfied: the completions and the awards that it rests on."""

    completions: frozenset[Fact] = frozenset()
    awards: frozenset[Fact] = frozenset()

    def __or__(self, other: Support) -> Support:
        return Support(self.completions | other.completions, self.awards | other.awards)

    @property
    def minutes(self) -> int:
        """Each fact counts once, in however many branches it stands."""
        return sum(fact.minutes for fact in self.completions | self.awards)

    @property
    def grade(self) -> Decimal | None:
        """The grade of the one completion that this rests on, if it is exactly one."""
        if self.awards or len(self.completions) != 1:
            return None
        return next(iter(self.completions)).grade


def judge(node: Node, evidence: Evidence, *, at: datetime.datetime) -> Support | None:
    """What satisfies the rule at this moment, or ``None`` when it is not satisfied."""
    if not isinstance(node, Group):
        return _judge_leaf(node, evidence, at=at)
    if not node.children:
        return None
    satisfied = [
        support for child in node.children if (support := judge(child, evidence, at=at)) is not None
    ]
    match node.operator:
        case Operator.ALL:
            return _union(satisfied) if len(satisfied) == len(node.children) else None
        case Operator.ANY:
            return satisfied[0] if satisfied else None
        case Operator.AT_LEAST if node.n and len(satisfied) >= node.n:
            return _union(satisfied[: node.n])
        case Operator.CREDITS if node.n:
            return _enough_minutes(satisfied, node.n)
        case _:
            return None


def _union(supports: Iterable[Support]) -> Support:
    whole = Support()
    for support in supports:
        whole = whole | support
    return whole


def _enough_minutes(supports: Iterable[Support], minutes: int) -> Support | None:
    whole = Support()
    for support in supports:
        whole = whole | support
        if whole.minutes >= minutes:
            return whole
    return None


def _judge_leaf(leaf: Leaf, evidence: Evidence, *, at: datetime.datetime) -> Support | None:
    for fact in _facts(leaf, evidence):
        if _is_good_enough(leaf, fact, at=at):
            found = frozenset({fact})
            if isinstance(leaf, AchievementLeaf):
                return Support(awards=found)
            return Support(completions=found)
    return None


def _facts(leaf: Leaf, evidence: Evidence) -> Sequence[Fact]:
    match leaf:
        case CourseLeaf():
            return evidence.completions.get(leaf.course_id, ())
        case AchievementLeaf():
            return evidence.awards.get(leaf.achievement_id, ())
        case _:
            return evidence.skills.get(leaf.skill_id, ())


def _is_good_enough(leaf: Leaf, fact: Fact, *, at: datetime.datetime) -> bool:
    if leaf.min_grade is not None and (fact.grade is None or fact.grade < leaf.min_grade):
        return False
    return leaf.max_age_months is None or months_before(at, leaf.max_age_months) <= fact.at


def months_before(moment: datetime.datetime, months: int) -> datetime.datetime:
    """The same day of the month, ``months`` earlier; the month's last day where there is none."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    if year < 1:
        return datetime.datetime.min.replace(tzinfo=moment.tzinfo)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)
