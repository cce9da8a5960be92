"""Where one learner stands in a track: what counts already and by what, and what is left."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from catalog import reach, rules
from catalog.choices import Choice, choices
from catalog.durations import in_words
from catalog.judging import Evidence, Fact, identity, qualifying
from catalog.models import Course, Track
from catalog.reach import Need, Progress, Way
from catalog.rules import numbered_children
from catalog.stacks import Loader, Part
from credentials.evidence import Row, Standing, standing_of
from credentials.models import Award, Credential, Refusal
from credentials.renewing import evidence_since, is_due
from credentials.rulebook import book


@dataclass(frozen=True)
class Joined:
    """An older version of the rule that the learner has kept, and the minutes left by it."""

    number: int
    left: float


@dataclass(frozen=True)
class OnTrack:
    way: Way
    stack: Part
    """With what is done, and what is under way, said at each part."""
    choices: list[Choice]
    counted: list[Part]
    """What counts already; each says by what."""
    would: list[Part]
    """What else would count: all that is named and not done, where something is still asked for."""
    credential: Credential | None
    """The one that the learner was awarded for the track. It may have expired."""
    expired_at: datetime.datetime | None
    is_renewing: bool
    """All else is of its renewal, for which only some of what the learner has counts."""
    joined: Joined | None
    refusal: Refusal | None
    revoked: Award | None
    """What somebody has revoked: the rule does not award it again."""


def on_track(learner: User, track: Track, *, need: Need, stack: Part) -> OnTrack | None:
    """``None`` for whoever has nothing to do with it: their page is everybody's."""
    now = timezone.now()
    standing = standing_of(learner)
    award = standing.latest(track.achievement.pk)
    holds = award is not None and award.ended_at is None
    renewing = _of_renewal(standing, award, at=now) if award else None
    evidence = standing.evidence(at=now) if renewing is None else renewing
    progress = Progress(need, evidence, at=now)
    active = set(learner.enrollments.active().values_list("run__course", flat=True))
    joined = None if holds else _joined(standing, track, evidence, at=now)
    is_kept_from_it = track.achievement.pk in standing.refused or (award and not holds)
    is_under_way = progress.is_begun or joined or active & _course_ids(need)
    if not (is_under_way or holds or is_kept_from_it):
        return None
    stack = _Teller(evidence, progress, active).told(stack)
    return OnTrack(
        way=reach.way(track, progress),
        stack=stack,
        choices=choices(stack, need, progress),
        counted=_counted(stack),
        would=_would(stack),
        credential=Credential.objects.filter(award=award.pk).order_by("-pk").first()
        if award and holds
        else None,
        expired_at=award.until if award and award.until and award.until <= now else None,
        is_renewing=renewing is not None,
        joined=joined,
        refusal=Refusal.objects.filter(
            learner=learner, achievement=track.achievement, lifted_at=None
        ).first()
        if track.achievement.pk in standing.refused
        else None,
        revoked=Award.objects.get(pk=award.pk) if award and not holds else None,
    )


def _of_renewal(standing: Standing, award: Row, *, at: datetime.datetime) -> Evidence | None:
    """What counts towards the renewal of this award, if it can be renewed now."""
    if award.until is None:
        return None
    book.learn(achievements=[award.subject_id])
    rule = book.in_force(award.subject_id)
    due = rule is not None and is_due(award, rule, at=at)
    return evidence_since(award, rule, standing, at=at) if rule and due else None


def _course_ids(need: Need) -> set[int]:
    found = {pk for step in need.steps.values() for pk, _minutes in step.courses}
    return found.union(*(_course_ids(step.below) for step in need.steps.values() if step.below))


def _joined(
    standing: Standing, track: Track, evidence: Evidence, *, at: datetime.datetime
) -> Joined | None:
    version_id = standing.pursued.get(track.achievement.pk)
    rule = book.rule(version_id) if version_id else None
    if rule is None or rule.is_current:
        return None
    need = reach.need(track, Loader(track.achievement, draft=rule.tree))
    return Joined(rule.number, Progress(need, evidence, at=at).left)


def _counted(stack: Part) -> list[Part]:
    """The parts that count, not looking into a track that counts itself; each thing once."""

    def look(part: Part) -> Iterator[Part]:
        for child in part.parts:
            if child.kind != "group" and child.state == "done":
                yield replace(child, parts=())
            else:
                yield from look(child)

    return list({(part.title, part.said): part for part in look(stack)}.values())


def _would(stack: Part) -> list[Part]:
    """Courses and skills that are not done, but of groups and tracks that are; each thing once."""

    def look(part: Part) -> Iterator[Part]:
        for child in part.parts:
            if child.state == "done":
                continue
            if child.parts:
                yield from look(child)
            elif child.kind != "group":
                yield child

    return list({(part.title, part.note): part for part in look(stack)}.values())


class _Teller:
    """Says at each part of a stack where the learner stands in it."""

    def __init__(self, evidence: Evidence, progress: Progress, active: Collection[int]) -> None:
        self.evidence = evidence
        self.progress = progress
        self.active = active
        met = list(_met(progress))
        self.courses = _titles_of_courses(met)
        self.awards = _titles_of_awards(met)

    def told(self, stack: Part) -> Part:
        return self._rule(stack, self.progress)

    def _rule(self, part: Part, progress: Progress) -> Part:
        tree = progress.need.tree
        if tree is None or not part.parts:
            return part
        if isinstance(tree, rules.Group):
            return replace(part, parts=self._children(part, tree, 0, progress))
        return replace(part, parts=(self._node(part.parts[0], tree, 0, progress),))

    def _children(
        self, part: Part, group: rules.Group, number: int, progress: Progress
    ) -> tuple[Part, ...]:
        below = zip(part.parts, numbered_children(group, number), strict=True)
        return tuple(self._node(child, node, at, progress) for child, (at, node) in below)

    def _node(self, part: Part, node: rules.Node, number: int, progress: Progress) -> Part:
        if isinstance(node, rules.Group):
            parts = self._children(part, node, number, progress)
            if progress.each[number] == 0:
                return replace(part, parts=parts, state="done", said=_("done"))
            return replace(part, parts=parts)
        below = progress.below.get(number)
        if below is not None:
            part = self._rule(part, below)
        fact = progress.met.get(number)
        if fact is not None:
            return replace(part, state="done", said=self._by_what(node, fact))
        if progress.is_held_for_good(number):
            return replace(part, said=_("completed, but not as it is asked for here"))
        if below is not None and below.is_begun:
            return replace(part, state="begun", said=_left(below))
        if part.course_id in self.active:
            return replace(part, state="begun", said=_("in progress"))
        if progress.need.steps[number].leaf in self._used(progress):
            return replace(part, said=_("completed, but each course counts once"))
        if part.course_id is None or part.course_id not in self.evidence.completions:
            return part
        return replace(part, said=_short(self.evidence.completions[part.course_id]))

    def _used(self, progress: Progress) -> list[rules.Leaf]:
        """Leaves that something satisfies which has another place in a rule that counts it once."""
        tree = progress.need.tree
        if not (isinstance(tree, rules.Group) and tree.counts_once):
            return []
        leaves = (step.leaf for step in progress.need.steps.values())
        return [leaf for leaf in leaves if qualifying(leaf, self.evidence, at=progress.at)]

    def _by_what(self, leaf: rules.Leaf, fact: Fact) -> str:
        """What satisfies the leaf."""
        if fact.kind == "recognition":
            return _("recognized prior learning")
        if fact.kind == "award":
            if isinstance(leaf, rules.SkillLeaf):
                return _("proved by “%(credential)s”") % {"credential": self.awards[fact.pk]}
            return _("credential held")
        if not isinstance(leaf, rules.CourseLeaf):
            return _("complete, its credential is on the way")
        item = identity(leaf, fact)
        if item != ("course", leaf.course_id):
            return _("“%(course)s” counts as it") % {"course": self.courses[item[1]]}
        if fact.grade is not None:
            grade = number_format(fact.grade.normalize(), use_l10n=True)
            return _("completed with %(grade)s %%") % {"grade": grade}
        return _("completed")


def _short(facts: Sequence[Fact]) -> str:
    """Of a course whose leaf none of these satisfies."""
    if all(fact.kind == "recognition" for fact in facts):
        return _("recognized as prior learning, but not as it is asked for here")
    return _("completed, but not as it is asked for here")


def _left(progress: Progress) -> str:
    if progress.left == math.inf:
        return _("begun")
    return _("%(time)s left") % {"time": in_words(int(progress.left))}


def _met(progress: Progress) -> Iterator[tuple[rules.Leaf, Fact]]:
    for number, fact in progress.met.items():
        yield progress.need.steps[number].leaf, fact
    for below in progress.below.values():
        yield from _met(below)


def _titles_of_courses(met: list[tuple[rules.Leaf, Fact]]) -> Mapping[int, str]:
    """Of those that count as another."""
    wanted = {
        fact.item[1]
        for leaf, fact in met
        if isinstance(leaf, rules.CourseLeaf)
        and fact.item not in (None, ("course", leaf.course_id))
    }
    rows = Course.objects.filter(pk__in=wanted).values_list("pk", "title")
    return dict(rows) if wanted else {}


def _titles_of_awards(met: list[tuple[rules.Leaf, Fact]]) -> Mapping[int, str]:
    """Of those that prove a skill."""
    wanted = {
        fact.pk for leaf, fact in met if isinstance(leaf, rules.SkillLeaf) and fact.kind == "award"
    }
    rows = Award.objects.filter(pk__in=wanted).values_list("pk", "version__name")
    return dict(rows) if wanted else {}
