"""How many hours a track still asks of a learner, and how many fewer with one course more."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from catalog import rules
from catalog.judging import (
    Evidence,
    Fact,
    Item,
    distance,
    first_come,
    is_good_enough,
    is_worth_choosing,
    judge,
    qualifying,
)
from catalog.judging.distance import Minutes, Work
from catalog.models import LEVEL_RANK, Achievement, AchievementVersion, Course, Status, Track
from catalog.rules.measuring import hundredths
from catalog.shortest import least, shortest
from catalog.stacks import Loader


@dataclass(frozen=True)
class Step:
    """A leaf of a rule: which courses meet it, the shortest first, or which rule is below it.

    ``minutes`` and ``ects`` (in hundredths) are what it is worth in a sum.
    """

    leaf: rules.Leaf
    minutes: int = 0
    ects: int = 0
    courses: tuple[tuple[int, int], ...] = ()
    """Each with its minutes."""
    below: Need | None = None

    @property
    def total(self) -> Minutes:
        """What it takes whoever has nothing of it."""
        if self.below is not None:
            return self.below.total
        return self.courses[0][1] if self.courses else math.inf

    def without(self, held: Set[Item]) -> Step:
        """The same, but for courses whose credential is asked for and is held for good.

        It is not awarded again: who does the course anew has no other one.
        """
        if not held or isinstance(self.leaf, rules.CourseLeaf):
            return self
        courses = tuple(pair for pair in self.courses if ("course", pair[0]) not in held)
        return self if courses == self.courses else replace(self, courses=courses)


@dataclass(frozen=True)
class Need:
    """A rule, what each of its leaves takes, and so on down through the tracks it stands on.

    Nothing about anybody, so that it can be remembered.
    """

    tree: rules.Node | None = None
    steps: Mapping[int, Step] = field(default_factory=dict)
    """By the number of the leaf."""

    @cached_property
    def each(self) -> Mapping[int, Minutes]:
        """The work that each node of the rule takes, for whoever has nothing of it."""
        if self.tree is None:
            return {0: math.inf}
        work = {n: Work(step.total, step.minutes, step.ects) for n, step in self.steps.items()}
        return distance.each_left(self.tree, {}, work)

    @property
    def total(self) -> Minutes:
        return self.each[0]

    @cached_property
    def least(self) -> Minutes:
        """The same exactly: a course that two branches ask for is done once."""
        found = least(self, rules.MINUTES)
        return math.inf if found is None else found


def need(track: Track, loader: Loader | None = None) -> Need:
    """What the track in force asks for."""
    return needs([track], loader)[0]


def needs(tracks: Sequence[Track], loader: Loader | None = None) -> list[Need]:
    """The same for many at once. ``loader``: one that has read their rules already."""
    loader = loader or Loader(*(track.achievement for track in tracks))
    return needs_of([track.achievement for track in tracks], loader)


def needs_of(achievements: Iterable[Achievement], loader: Loader) -> list[Need]:
    proving = _proving([leaf for tree in loader.trees.values() for leaf in rules.leaves(tree)])

    def of(tree: rules.Node | None) -> Need:
        if tree is None:
            return Need()
        nodes = rules.numbered(tree)
        steps = {number: step(leaf) for number, leaf in nodes if not isinstance(leaf, rules.Group)}
        return Need(tree, steps)

    def step(leaf: rules.Leaf) -> Step:
        if isinstance(leaf, rules.SkillLeaf):
            return Step(leaf, courses=tuple(proving[leaf]))
        if isinstance(leaf, rules.CourseLeaf):
            return step_of_course(leaf, leaf.course_id, loader.substitutes(leaf.course_id))
        achievement = loader.achievements[leaf.achievement_id]
        is_theirs = leaf.issuer_id in (None, achievement.awarding_body_id)
        if achievement.course_id is not None:
            # Its own credential a course earns by itself alone.
            found = step_of_course(leaf, achievement.course_id, [])
            return found if is_theirs else replace(found, courses=())
        version = loader.versions.get(leaf.achievement_id)
        below = of(loader.trees.get(leaf.achievement_id)) if is_theirs else Need()
        if version is None:
            return Step(leaf, below=below)
        return Step(leaf, version.workload_minutes, hundredths(version.ects), below=below)

    def step_of_course(leaf: rules.Leaf, course_id: int, others: Iterable[Course]) -> Step:
        course = loader.courses[course_id]
        offered = [course] if course.is_published else [one for one in others if one.is_published]
        offered = offered or [course]
        if isinstance(leaf, rules.CourseLeaf) and leaf.issuer_id is not None:
            offered = [one for one in offered if one.provider_id == leaf.issuer_id]
        return Step(
            leaf,
            minutes=_minutes(course),
            ects=hundredths(course.ects),
            courses=tuple(sorted(((one.pk, _minutes(one)) for one in offered), key=_by_minutes)),
        )

    return [of(loader.trees.get(achievement.pk)) for achievement in achievements]


def _minutes(course: Course) -> int:
    return getattr(course, "minutes", 0)


def _by_minutes(pair: tuple[int, int]) -> int:
    return pair[1]


def _proving(leaves: Iterable[rules.Leaf]) -> dict[rules.SkillLeaf, list[tuple[int, int]]]:
    """The published courses whose credentials meet each leaf of a skill, the shortest first."""
    found: dict[rules.SkillLeaf, list[tuple[int, int]]] = {
        leaf: [] for leaf in leaves if isinstance(leaf, rules.SkillLeaf)
    }
    if not found:
        return {}
    rows = (
        AchievementVersion.objects.current()
        .filter(
            achievement__course__status=Status.PUBLISHED,
            version_skills__skill__in={leaf.skill_id for leaf in found},
        )
        .order_by("workload_minutes", "pk")
        .values_list(
            "version_skills__skill",
            "version_skills__level",
            "achievement__awarding_body",
            "workload_minutes",
            "achievement__course",
        )
    )
    for skill_id, level, issuer_id, minutes, course_id in rows:
        for leaf, courses in found.items():
            is_theirs = leaf.issuer_id in (None, issuer_id)
            if leaf.skill_id == skill_id and LEVEL_RANK[level] >= leaf.level and is_theirs:
                courses.append((course_id, minutes))
    return found


class Progress:
    """What of a need somebody meets by this evidence, and what is left of it."""

    def __init__(self, need: Need, evidence: Evidence, *, at: datetime.datetime) -> None:
        self.need = need
        self.evidence = evidence
        self.at = at
        self.steps = {n: step.without(self.held_for_good) for n, step in need.steps.items()}
        self.below = {
            number: Progress(step.below, evidence, at=at)
            for number, step in need.steps.items()
            if step.below is not None
        }
        self.candidates = {
            number: facts
            for number, step in self.steps.items()
            if (facts := self._facts(number, step))
        }
        """The facts that satisfy each leaf, by its number, the newest first."""
        self.met = self._met()

    @cached_property
    def held_for_good(self) -> frozenset[Item]:
        """What there is an award of that never expires: a course, or a track's achievement."""
        facts = (fact for found in self.evidence.awards.values() for fact in found)
        return frozenset(fact.item for fact in facts if fact.item and fact.until is None)

    def is_held_for_good(self, number: int) -> bool:
        """Whether the track that this leaf names is."""
        return number in self.below and rules.item_of(self.steps[number].leaf) in self.held_for_good

    @property
    def is_begun(self) -> bool:
        return bool(self.met) or any(below.is_begun for below in self.below.values())

    @cached_property
    def each(self) -> Mapping[int, Minutes]:
        """The least work left of each node of the rule, by its number."""
        if self.need.tree is None or not (self.is_begun or self._is_closed):
            return self.need.each
        return distance.each_left(self.need.tree, self.met, self._work)

    @property
    def left(self) -> Minutes:
        """In all; ``math.inf`` if no course leads there."""
        return self.each[0]

    @cached_property
    def _is_closed(self) -> bool:
        """Whether something that leads there for others does not any more."""
        closed = (
            step is not self.need.steps[number] or self.is_held_for_good(number)
            for number, step in self.steps.items()
        )
        return any(closed) or any(below._is_closed for below in self.below.values())

    @cached_property
    def _work(self) -> Mapping[int, Work]:
        return {
            number: Work(self._left_of(number, step), step.minutes, step.ects)
            for number, step in self.steps.items()
        }

    def _left_of(self, number: int, step: Step) -> Minutes:
        if self.is_held_for_good(number):
            return math.inf
        return self.below[number].left if number in self.below else step.total

    def way(self) -> list[int]:
        """The courses that satisfy it with the least work, in the order of the rule."""
        found = shortest(self)
        return list(found.courses) if found else []

    def _met(self) -> dict[int, Fact]:
        tree = self.need.tree
        if tree is None:
            return {}
        # While it is not satisfied: mostly it is how it will be in the end.
        met = first_come(tree, self.candidates)
        counts_once = isinstance(tree, rules.Group) and tree.counts_once
        if not (counts_once and met) and not is_worth_choosing(tree, self.candidates):
            return met
        found = judge(tree, self.evidence, at=self.at)
        if found is None:
            return met
        return dict(found.leaves) if counts_once else met | dict(found.leaves)

    def _facts(self, number: int, step: Step) -> list[Fact]:
        """What meets the leaf, or will as soon as what has been done is judged."""
        found = qualifying(step.leaf, self.evidence, at=self.at)
        if found or isinstance(step.leaf, rules.CourseLeaf):
            return found
        if number in self.below:
            is_done = self._left_of(number, step) == 0
            return [Fact(0, self.at, minutes=step.minutes, ects=step.ects)] if is_done else []
        return [
            fact
            for course_id, _ in step.courses
            for fact in self.evidence.completions.get(course_id, ())
            if fact.kind == "completion"
            and fact.item in (None, ("course", course_id))
            and is_good_enough(step.leaf, fact, at=self.at)
        ]


MOST_COURSES = 4


@dataclass(frozen=True)
class Way:
    """What is left of a track, the shortest way.

    ``left`` and ``total`` are in minutes; ``courses`` are the first of those still to take.
    """

    track: Track
    left: Minutes
    total: Minutes
    courses: list[Course]
    more: int

    @property
    def done(self) -> Minutes:
        return self.total - self.left if self.is_open else 0

    @property
    def is_open(self) -> bool:
        """Whether courses that can be taken lead to the end of it."""
        return math.inf not in (self.left, self.total)


def way(track: Track, progress: Progress, courses: Mapping[int, Course] | None = None) -> Way:
    """``courses``: those that can be taken, where they are known already."""
    ids = progress.way()
    found = courses or Course.objects.published().in_bulk(ids[:MOST_COURSES])
    left = least(progress.need, rules.MINUTES, progress)
    return Way(
        track=track,
        left=math.inf if left is None else left,
        total=progress.need.least,
        courses=[found[pk] for pk in ids[:MOST_COURSES] if pk in found],
        more=max(0, len(ids) - MOST_COURSES),
    )


@dataclass(frozen=True)
class Reach:
    """What a course does for a track: minutes in all, left before it, and left after it."""

    track: Track
    total: Minutes
    before: Minutes
    after: Minutes

    @property
    def is_known(self) -> bool:
        return math.inf not in (self.total, self.before, self.after)

    @property
    def completes(self) -> bool:
        return self.after == 0 < self.before

    @property
    def helps(self) -> bool:
        return self.after < self.before


def reach(
    track: Track,
    need: Need,
    *,
    course: Course,
    evidence: Evidence,
    at: datetime.datetime,
    counted_as: Sequence[int] = (),
) -> Reach:
    """``counted_as``: the other courses that it counts as."""
    done = with_completed(evidence, course, at, counted_as=counted_as)
    return Reach(
        track,
        total=need.total,
        before=Progress(need, evidence, at=at).left,
        after=Progress(need, done, at=at).left,
    )


def with_completed(
    evidence: Evidence, course: Course, at: datetime.datetime, *, counted_as: Sequence[int] = ()
) -> Evidence:
    """As if the course had just been completed, as well as can be."""
    fact = Fact(
        0,
        at,
        grade=Decimal(100),
        minutes=_minutes(course),
        ects=hundredths(course.ects),
        issuer_id=course.provider_id,
        item=("course", course.pk),
    )
    known = evidence.completions
    more = {pk: [fact, *known.get(pk, ())] for pk in (course.pk, *counted_as)}
    return replace(evidence, completions={**known, **more})
