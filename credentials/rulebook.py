"""The rules in force, kept in memory until they change.

One row of the database has a stamp that changes with them (``catalog.models.RuleBook``). What a
worker has learned is right for one stamp; with the next it starts anew, and learns only what it is
asked.
"""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from catalog import rules
from catalog.models import (
    LEVEL_RANK,
    AchievementVersion,
    AchievementVersionSkill,
    Course,
    Equivalence,
    Renewal,
    RuleNode,
)
from catalog.rules.measuring import hundredths

Subject = tuple[str, int]
"""What a leaf can name: ("course", its id), ("achievement", its id), ("skill", its id)."""


@dataclass(frozen=True)
class Worth:
    """What a course or an award is worth, by the version of its credential."""

    minutes: int = 0
    ects: int = 0
    edition: int = 0
    course_id: int | None = None
    is_current: bool = False
    skills: tuple[tuple[int, int], ...] = ()
    """Each with the level at which it is proved, 0 if that is unknown."""


@dataclass(frozen=True)
class Rule:
    """A published version: how it is earned, and for how long."""

    version_id: int
    achievement_id: int
    number: int
    tree: rules.Node
    valid_months: int | None
    renewal: str
    is_current: bool
    issuer_id: int
    is_of_a_course: bool

    @property
    def is_renewable(self) -> bool:
        return self.renewal != Renewal.NONE


MOST = 50_000
"""Versions that are kept: some 50 MB. Then it starts anew."""


class Book(threading.local):
    """All that has been learned for one stamp. Filled by need, never partly stale.

    Each thread has its own: one may learn of a change while another is in the middle of judging.
    """

    def __init__(self) -> None:
        self.stamp = -1
        self._forget()

    def _forget(self) -> None:
        self._courses: dict[int, Worth] = {}
        self._versions: dict[int, Worth] = {}
        self._rules: dict[int, Rule | None] = {}
        self._in_force: dict[int, int | None] = {}
        self._naming: dict[Subject, tuple[int, ...]] = {}
        self._counts_as: dict[int, list[tuple[int, datetime.date]]] | None = None

    def open(self, stamp: int) -> None:
        """Go on with what is known, if nothing has changed since."""
        if stamp != self.stamp or len(self._versions) > MOST:
            self._forget()
            self.stamp = stamp

    # --- What things are worth -----------------------------------------------------------------

    def learn(
        self,
        *,
        courses: Collection[int] = (),
        versions: Collection[int] = (),
        achievements: Collection[int] = (),
    ) -> None:
        """Read what is not known yet of these; a few queries, whatever their number.

        Of ``achievements``, the rules in force.
        """
        self._learn_equivalences()
        unknown = {pk for pk in courses if pk not in self._courses}
        if unknown:
            self._learn_courses(unknown)
        missing = {pk for pk in versions if pk not in self._versions}
        unread = {pk for pk in achievements if pk not in self._in_force}
        if unread:
            current = AchievementVersion.objects.current().filter(achievement__in=unread)
            self._in_force |= dict.fromkeys(unread, None)
            missing.update(current.values_list("pk", flat=True))
        if missing:
            self._learn_versions(Q(pk__in=missing))

    def _learn_equivalences(self) -> None:
        if self._counts_as is None:
            found: defaultdict[int, list[tuple[int, datetime.date]]] = defaultdict(list)
            for course_id, other, since in Equivalence.objects.values_list(
                "course", "counts_as", "since"
            ):
                found[course_id].append((other, since))
            self._counts_as = found

    def _learn_courses(self, unknown: set[int]) -> None:
        editions = dict(Course.objects.filter(pk__in=unknown).values_list("pk", "edition"))
        worth = {pk: Worth(edition=edition, course_id=pk) for pk, edition in editions.items()}
        versions = AchievementVersion.objects.current().filter(achievement__course__in=unknown)
        for pk, minutes, ects in versions.values_list(
            "achievement__course", "workload_minutes", "ects"
        ):
            worth[pk] = replace(worth[pk], minutes=minutes, ects=hundredths(ects))
        self._courses |= worth

    def _learn_versions(self, which: Q) -> list[AchievementVersion]:
        versions = list(
            AchievementVersion.objects.published()
            .filter(which)
            .select_related("achievement")
            .prefetch_related("rule_nodes")
        )
        current = set(
            AchievementVersion.objects.current()
            .filter(achievement__in={version.achievement_id for version in versions})
            .values_list("pk", flat=True)
        )
        skills: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for version_id, skill_id, level in AchievementVersionSkill.objects.filter(
            version__in=versions
        ).values_list("version", "skill", "level"):
            skills[version_id].append((skill_id, LEVEL_RANK[level]))
        for version in versions:
            is_current = version.pk in current
            if is_current:
                self._in_force[version.achievement_id] = version.pk
            self._versions[version.pk] = Worth(
                minutes=version.workload_minutes,
                ects=hundredths(version.ects),
                course_id=version.achievement.course_id,
                is_current=is_current,
                skills=tuple(skills[version.pk]),
            )
            tree = rules.from_rows(version.rule_nodes.all())
            self._rules[version.pk] = (
                None
                if tree is None
                else Rule(
                    version_id=version.pk,
                    achievement_id=version.achievement_id,
                    number=version.number,
                    tree=tree,
                    valid_months=version.valid_months,
                    renewal=version.renewal,
                    is_current=is_current,
                    issuer_id=version.achievement.awarding_body_id,
                    is_of_a_course=version.achievement.course_id is not None,
                )
            )
        return versions

    def course(self, course_id: int) -> Worth:
        return self._courses.get(course_id, Worth(course_id=course_id))

    def version(self, version_id: int) -> Worth:
        return self._versions[version_id]

    def rule(self, version_id: int) -> Rule | None:
        """``None`` where the rows make no rule: it fails closed."""
        if version_id not in self._versions:
            self._learn_versions(Q(pk=version_id))
        return self._rules[version_id]

    def in_force(self, achievement_id: int) -> Rule | None:
        """The rule in force of an achievement that was learned of."""
        version_id = self._in_force[achievement_id]
        return self._rules[version_id] if version_id else None

    def equivalences(self) -> list[tuple[int, int, datetime.date]]:
        """Course, what it counts as, and since when; each as it was stated."""
        self._learn_equivalences()
        assert self._counts_as is not None
        return [
            (course_id, other, since)
            for course_id, found in self._counts_as.items()
            for other, since in found
        ]

    @property
    def has_equivalences(self) -> bool:
        self._learn_equivalences()
        return bool(self._counts_as)

    def counts_as(self, course_id: int, on: datetime.date) -> list[int]:
        """The other courses that a completion of this one, on this day, satisfies."""
        self._learn_equivalences()
        assert self._counts_as is not None
        found: list[int] = []
        frontier = [course_id]
        while frontier:
            for other, since in self._counts_as.get(frontier.pop(), ()):
                if since <= on and other != course_id and other not in found:
                    found.append(other)
                    frontier.append(other)
        return found

    # --- What a change can touch ---------------------------------------------------------------

    def naming(self, subjects: Iterable[Subject]) -> list[Rule]:
        """The rules in force with a leaf that names one of these, in the order of their ids."""
        wanted = set(subjects)
        unknown = wanted - self._naming.keys()
        if unknown:
            self._learn_naming(unknown)
        pks = {pk for subject in wanted for pk in self._naming[subject]}
        return [rule for pk in sorted(pks) if (rule := self._rules[pk])]

    def _learn_naming(self, unknown: set[Subject]) -> None:
        columns = {
            kind: [pk for of_kind, pk in unknown if of_kind == kind]
            for kind in ("course", "achievement", "skill")
        }
        leaves = RuleNode.objects.filter(version__published_at__isnull=False)
        named: defaultdict[Subject, set[int]] = defaultdict(set)
        found = leaves.none().values_list("version", "course", "achievement", "skill")
        for kind, pks in columns.items():
            if pks:
                found = found.union(
                    leaves.filter(**{f"{kind}__in": pks})
                    .order_by()
                    .values_list("version", "course", "achievement", "skill"),
                    all=True,
                )
        for version_id, *pks in found:
            for kind, pk in zip(columns, pks, strict=True):
                if pk is not None:
                    named[kind, pk].add(version_id)
        versions = {pk for pks in named.values() for pk in pks}
        missing = versions - self._versions.keys()
        if missing:
            self._learn_versions(Q(pk__in=missing))
        for subject in unknown:
            self._naming[subject] = tuple(
                pk for pk in sorted(named[subject]) if (rule := self._rules[pk]) and rule.is_current
            )


book = Book()
