"""The least work that leads to a credential, and the courses that it takes: exactly.

Through the tracks that a rule stands on, and with each course done once, wherever it is named.
``catalog.reach`` estimates the same for many at once: there a course that two branches share is
counted in both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.judging import identity
from catalog.rules import ECTS, Measure, SkillLeaf, item_of
from catalog.rules.program import Offer, Program

if TYPE_CHECKING:
    from catalog.reach import Need, Progress, Step

CLOSE = 1e-6


@dataclass(frozen=True)
class Shortest:
    """Courses still to take, in the order of the rule, and their minutes."""

    courses: tuple[int, ...]
    minutes: int


def shortest(progress: Progress) -> Shortest | None:
    """The whole courses that satisfy the rule with the least work; ``None`` if none do."""
    search = _Search()
    return search.courses() if search.least(progress.need, progress) is not None else None


def least(need: Need, measure: Measure, progress: Progress | None = None) -> int | None:
    """The least minutes, or hundredths of an ECTS credit, that it takes; ``None``: it cannot be.

    A sum of credits may be filled up with a part of its last course, as the workload of a
    credential is stated: so it is never more than any real way takes, and exactly what the
    shortest takes where nothing adds up credits.
    """
    return _Search(measure, whole=False).least(need, progress)


def stated(need: Need, measure: Measure) -> int:
    """As ``least``, of a credential that nobody asks for yet, which says so for good.

    What courses prove a skill may change, so that costs nothing; 0 of what cannot be.
    """
    return _Search(measure, whole=False, has_skills=True).least(need, None) or 0


class _Search:
    def __init__(
        self, measure: Measure | None = None, *, whole: bool = True, has_skills: bool = False
    ) -> None:
        self.program = Program(whole=whole)
        self.has_skills = has_skills
        self.in_ects = measure is ECTS
        self.takes: dict[int, tuple[Any, int]] = {}
        """By course: a variable for how much of it is done, and what all of it costs."""

    def least(self, need: Need, progress: Progress | None) -> int | None:
        self.program.model.addConstr(self._rule(need, progress) == 1)
        found = self.program.minimize([cost * take for take, cost in self.takes.values()])
        return None if found is None else math.ceil(found - CLOSE)

    def courses(self) -> Shortest:
        done = self.program.values([take for take, _ in self.takes.values()])
        chosen = {
            pk: cost
            for (pk, (_, cost)), value in zip(self.takes.items(), done, strict=True)
            if value > 0.5
        }
        return Shortest(tuple(chosen), sum(chosen.values()))

    def _rule(self, need: Need, progress: Progress | None) -> Any:
        offers = {n: list(self._offers(n, step, need, progress)) for n, step in need.steps.items()}
        return self.program.add(need.tree, offers)

    def _offers(
        self, number: int, step: Step, need: Need, progress: Progress | None
    ) -> Iterator[Offer]:
        leaf = step.leaf
        if progress is not None:
            # Which of them serves best hangs on the others: in a sum, too.
            yield from dict.fromkeys(
                Offer(identity(leaf, fact), fact.minutes, fact.ects)
                for fact in progress.candidates.get(number, [])
            )
        if self.has_skills and isinstance(leaf, SkillLeaf):
            yield Offer(("leaf", number))
            return
        if step.below is not None and not (progress and progress.is_held_for_good(number)):
            below = progress.below[number] if progress else None
            source = self._rule(step.below, below)
            yield Offer(item_of(leaf) or ("leaf", number), step.minutes, step.ects, source)
        for course_id, minutes in (progress.steps[number] if progress else step).courses:
            source = self._take(course_id, step.ects if self.in_ects else minutes)
            yield Offer(("course", course_id), step.minutes, step.ects, source)

    def _take(self, course_id: int, cost: int) -> Any:
        if course_id not in self.takes:
            # What is not met is never for nothing, but for its credits.
            least = 0 if self.in_ects else 1
            self.takes[course_id] = self.program.model.addVariable(0, 1), max(cost, least)
        return self.takes[course_id][0]
