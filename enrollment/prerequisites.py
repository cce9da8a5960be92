"""What a course asks for beforehand, and what of it a learner lacks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence

from accounts.models import User
from catalog import judging, prerequisites
from catalog.judging import Evidence, Fact
from catalog.models import Course, CourseSkill
from enrollment.models import Enrollment, Exemption

AwardsOf = Callable[[User], Mapping[int, Sequence[Fact]]]

_awards_of: list[AwardsOf] = []


def awards_come_from(source: AwardsOf) -> None:
    """Let the app above, which knows awards, say which achievements a learner holds."""
    if source not in _awards_of:
        _awards_of.append(source)


def missing(learner: User, course: Course, *, at: datetime.datetime) -> str:
    """What the learner lacks, in words that say what to do; empty when nothing is asked for."""
    tree = prerequisites.load(course)
    if tree is None:
        # Rows that make no rule let nobody in: it fails closed, and a curator sees it.
        return prerequisites.in_words(course)
    if _is_exempt(learner, course) or judging.judge(tree, evidence(learner), at=at) is not None:
        return ""
    return prerequisites.sentence(tree)


def _is_exempt(learner: User, course: Course) -> bool:
    return Exemption.objects.filter(
        learner=learner, course=course, status=Exemption.Status.GRANTED
    ).exists()


def evidence(learner: User) -> Evidence:
    """All that counts for this learner, the newest first."""
    rows = (
        Enrollment.objects.completed()
        .filter(learner=learner)
        .order_by("-completed_at", "-pk")
        .values_list("run__course_id", "pk", "completed_at", "grade")
    )
    completions: dict[int, list[Fact]] = {}
    for course_id, pk, at, grade in rows:
        assert at is not None
        completions.setdefault(course_id, []).append(Fact(pk, at, grade))
    awards: dict[int, list[Fact]] = {}
    for source in _awards_of:
        for achievement_id, facts in source(learner).items():
            awards.setdefault(achievement_id, []).extend(facts)
    return Evidence(completions, awards, _by_skill(completions))


def _by_skill(completions: Mapping[int, Collection[Fact]]) -> dict[int, list[Fact]]:
    links = CourseSkill.objects.filter(course__in=completions.keys())
    found: dict[int, list[Fact]] = {}
    for skill_id, course_id in links.values_list("skill_id", "course_id"):
        found.setdefault(skill_id, []).extend(completions[course_id])
    return found
