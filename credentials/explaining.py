"""In words: why something was awarded, or why it was not yet, and what is missing.

Why it was, is read from the award's trace. Why it was not, is judged anew, by the version in force
and, where that is another, by the one that the learner has joined.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from accounts.models import User
from catalog import equivalents, reach, rules
from catalog.judging import Evidence, Fact, judge
from catalog.models import Achievement, AchievementVersion, Course, Renewal
from catalog.revising import Change
from catalog.shortest import Shortest, least, shortest
from catalog.stacks import Loader
from catalog.versions import what_changes
from credentials import traces
from credentials.evidence import Row, Standing, standing_of
from credentials.fact_words import FactWords
from credentials.models import Award, AwardTrace, Refusal
from credentials.renewing import evidence_since, is_due
from credentials.rulebook import Rule, book
from credentials.shortfalls import Shortfalls


@dataclass(frozen=True)
class Line:
    """One entry of a rule: what was asked, and the words of what satisfies it, if anything does.

    ``instead`` are words of what might have been it, each with the reason why it is not.
    """

    asked: str
    by: str = ""
    instead: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True)
class ByVersion:
    """Where a learner stands by one version.

    ``left`` is the least workload in minutes, ``math.inf`` if no course leads there. ``way`` are
    the courses that take the least, each with its ``minutes``. They are whole ones: where credits
    add up they may come to more than ``left``, which counts a part of the last.
    """

    version: AchievementVersion
    sentence: str
    lines: tuple[Line, ...]
    left: float
    way: tuple[Course, ...]
    is_met: bool
    is_newest: bool

    @property
    def way_minutes(self) -> int:
        return sum(course.minutes for course in self.way)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class ToRenew:
    """What it takes to renew an award now, by the version in force.

    ``is_delta``: what has not changed since the award was made counts, too. Where that is all of
    it, one of ``any_of`` is to be done anew.
    """

    since: datetime.datetime
    is_delta: bool
    by: ByVersion
    wants_news: bool
    any_of: tuple[Course, ...]


@dataclass(frozen=True)
class Explanation:
    """``because`` is of the award, if there is one that counts; else ``versions`` say what is not
    there yet, the one that the learner has joined first. ``moving`` is what the newest asks for
    otherwise than the one that was joined.

    ``past`` is the last award where that has expired, or where somebody has revoked it: it is
    awarded again by ``renewal`` or by hand alone.
    """

    achievement: Achievement
    award: Award | None = None
    past: Award | None = None
    renewal: ToRenew | None = None
    refusal: Refusal | None = None
    because: tuple[Line, ...] = ()
    versions: tuple[ByVersion, ...] = ()
    moving: tuple[Change, ...] = ()


def explain(*, learner: User, achievement: Achievement, at: datetime.datetime) -> Explanation:
    standing = standing_of(learner)
    newest = achievement.versions.current().select_related("achievement").first()
    refusal = Refusal.objects.filter(
        learner=learner, achievement=achievement, lifted_at=None
    ).first()
    latest = standing.latest(achievement.pk)
    if latest is not None:
        renewal = None if refusal else _to_renew(latest, newest, standing, at=at)
        return replace(_of_the_last(learner, achievement, at=at), refusal=refusal, renewal=renewal)
    versions = [newest] if newest else []
    joined = standing.pursued.get(achievement.pk)
    if newest and joined and joined != newest.pk:
        versions.insert(0, achievement.versions.get(pk=joined))
    return Explanation(
        achievement=achievement,
        moving=tuple(what_changes(versions[0], versions[1])) if len(versions) > 1 else (),
        refusal=refusal,
        versions=tuple(
            _by_version(version, rule, standing, at=at, is_newest=version == newest)
            for version in versions
            if (rule := book.rule(version.pk))
        ),
    )


def _of_the_last(learner: User, achievement: Achievement, *, at: datetime.datetime) -> Explanation:
    awards = (
        Award.objects.filter(learner=learner, achievement=achievement)
        .exclude(revocation_cause=Award.Cause.EVIDENCE)
        .order_by("-number")
    )
    held = awards.standing().exclude(expires_at__lte=at).first()
    return explain_award(held) if held else Explanation(achievement, past=awards.first())


def _to_renew(
    latest: Row, newest: AchievementVersion | None, standing: Standing, *, at: datetime.datetime
) -> ToRenew | None:
    rule = book.rule(newest.pk) if newest else None
    if newest is None or rule is None or not is_due(latest, rule, at=at):
        return None
    assert latest.at is not None
    evidence = evidence_since(latest, rule, standing, at=at)
    wants_news = (
        judge(rule.tree, evidence, at=at) is not None
        and judge(rule.tree, evidence, at=at, since=latest.at) is None
    )
    return ToRenew(
        since=latest.at,
        is_delta=rule.renewal == Renewal.DELTA,
        by=_by_version(newest, rule, standing, at=at, is_newest=True, evidence=evidence),
        wants_news=wants_news,
        any_of=tuple(_renewing(rule, latest, evidence, at=at)) if wants_news else (),
    )


def _renewing(
    rule: Rule, latest: Row, evidence: Evidence, *, at: datetime.datetime
) -> Iterator[Course]:
    """The courses of which any one, done again, would be something new that counts."""
    asked = {
        leaf.course_id for leaf in rules.leaves(rule.tree) if isinstance(leaf, rules.CourseLeaf)
    }
    # Its own credential a course earns by itself alone.
    others = {} if rule.is_of_a_course else equivalents.counting_as(asked)
    named = Course.objects.with_workload().published().filter(pk__in=asked.union(*others.values()))
    for course in named.order_by("title", "pk"):
        counted_as = [pk for pk, counting in others.items() if course.pk in counting]
        done = reach.with_completed(evidence, course, at, counted_as=counted_as)
        if judge(rule.tree, done, at=at, since=latest.at):
            yield course


def explain_award(award: Award) -> Explanation:
    """Why it was awarded, whatever has become of it since."""
    try:
        trace = award.trace
    except AwardTrace.DoesNotExist:
        return Explanation(award.achievement, award)
    tree = rules.from_rows(award.version.rule_nodes.all())
    if tree is None or "evidence" not in json.loads(trace.document):
        return Explanation(award.achievement, award)
    facts, names = traces.facts_of(trace), rules.leaf_names(tree)
    return Explanation(award.achievement, award, because=_lines(tree, facts, names=names))


def _by_version(
    version: AchievementVersion,
    rule: Rule,
    standing: Standing,
    *,
    at: datetime.datetime,
    is_newest: bool,
    evidence: Evidence | None = None,
) -> ByVersion:
    tree, names = rule.tree, rules.leaf_names(rule.tree)
    if evidence is None:
        # Its own credential a course earns by itself alone.
        evidence = standing.evidence(at=at, equivalents=not rule.is_of_a_course)
    achievement = version.achievement
    (need,) = reach.needs_of([achievement], Loader(achievement, draft=tree))
    progress = reach.Progress(need, evidence, at=at)
    found = judge(tree, evidence, at=at)
    # What will be there as soon as it is judged has no row yet.
    met = found.leaves if found else {n: fact for n, fact in progress.met.items() if fact.pk}
    leaves = [(n, leaf) for n, leaf in rules.numbered(tree) if not isinstance(leaf, rules.Group)]
    shortfalls = Shortfalls(leaves, met, standing, evidence, names=names, at=at)
    left = least(need, rules.MINUTES, progress)
    return ByVersion(
        version=version,
        sentence=rules.sentence(tree, names=names),
        lines=_lines(tree, met, names=names, shortfalls=shortfalls),
        left=math.inf if left is None else left,
        way=() if found else _courses(shortest(progress)),
        is_met=found is not None,
        is_newest=is_newest,
    )


def _courses(way: Shortest | None) -> tuple[Course, ...]:
    """Those of the way, each with its ``minutes``."""
    if way is None:
        return ()
    courses = Course.objects.with_workload().in_bulk(way.courses)
    return tuple(courses[pk] for pk in way.courses)


def _lines(
    tree: rules.Node,
    facts: Mapping[int, Fact],
    *,
    names: Mapping[rules.Leaf, str],
    shortfalls: Shortfalls | None = None,
) -> tuple[Line, ...]:
    """Without ``shortfalls``, of what is met alone."""
    words = FactWords(list(facts.values()))
    return tuple(
        Line(
            asked=rules.sentence(leaf, names=dict(names)),
            by=words.of(leaf, facts[number]) if number in facts else "",
            instead=tuple(shortfalls.of(number, leaf)) if shortfalls else (),
        )
        for number, leaf in rules.numbered(tree)
        if not isinstance(leaf, rules.Group) and (number in facts or shortfalls)
    )
