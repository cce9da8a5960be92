"""Whether, when and how well an enrollment was completed: a function of what is recorded.

It looks at all rows and at none of their order of arrival, so that events which come twice, late
or in any order lead to the same end.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from catalog.models import Quiz
from enrollment.grades import percent
from enrollment.models import Enrollment, ProgressEvent
from enrollment.progress import units_of

CompletedBy = Enrollment.CompletedBy


@dataclass(frozen=True)
class Result:
    """A piece of graded work: percent, and when it was handed in."""

    unit_id: int
    at: datetime.datetime
    score: Decimal
    is_passed: bool = True
    replaces_earlier: bool = False
    """Whether it counts in place of what came before it, be that better or not."""


@dataclass(frozen=True)
class Completion:
    at: datetime.datetime
    by: str
    grade: Decimal | None


def completion(enrollment: Enrollment) -> Completion | None:
    """The completion that the rows prove, or ``None`` while something is missing.

    Once somebody has undone a completion, it takes new evidence, of after that moment.
    """
    units = list(units_of(enrollment).values_list("pk", "is_required", "is_challenge"))
    required = {pk for pk, is_required, _ in units if is_required}
    challenges = {pk for pk, _, is_challenge in units if is_challenge}
    progress = enrollment.progress.values_list("unit", "completed_at")
    done = {unit: at for unit, at in progress if at is not None}
    results = counted_results(enrollment)
    moments = {*done.values(), *(one.at for one in results if one.is_passed)}
    undone_at = _undone_at(enrollment)
    if undone_at is not None:
        # A unit that is done stays done at its first time; that it was done again, its events say.
        events = enrollment.events.filter(verb__in=ProgressEvent.DONE)
        moments = {*moments, *events.values_list("at", flat=True)}
        moments = {at for at in moments if at > undone_at}
    tests = [r for r in results if r.unit_id in challenges and r.is_passed and r.at in moments]
    found = [
        _by_units(
            required, done, [r for r in results if r.unit_id not in challenges], enrollment, moments
        ),
        _by_challenge(tests),
    ]
    return min((one for one in found if one), key=lambda one: one.at, default=None)


def _undone_at(enrollment: Enrollment) -> datetime.datetime | None:
    undone = enrollment.corrections.filter(undoes__isnull=False).order_by("-at")
    return undone.values_list("at", flat=True).first()


def _by_units(
    required: set[int],
    done: Mapping[int, datetime.datetime],
    results: list[Result],
    enrollment: Enrollment,
    moments: Iterable[datetime.datetime],
) -> Completion | None:
    """The first moment at which all units were done and the grade was high enough."""
    # A course that requires nothing is completed by nothing.
    if not required or not required <= done.keys():
        return None
    finished = max(done[pk] for pk in required)
    for moment in sorted(at for at in moments if at >= finished):
        grade = mean_grade(one for one in results if one.at <= moment)
        if enrollment.min_grade is None or (grade is not None and grade >= enrollment.min_grade):
            return Completion(moment, CompletedBy.UNITS, grade)
    return None


def _by_challenge(results: list[Result]) -> Completion | None:
    if not results:
        return None
    first = min(results, key=lambda one: (one.at, -one.score))
    return Completion(first.at, CompletedBy.CHALLENGE, first.score)


def grade_at(enrollment: Enrollment, moment: datetime.datetime, *, by: str) -> Decimal | None:
    """What the results that completed the course then come to now, be they enough or not."""
    challenges = set(units_of(enrollment).filter(is_challenge=True).values_list("pk", flat=True))
    results = counted_results(enrollment)
    if by == CompletedBy.CHALLENGE:
        tests = (one for one in results if one.at == moment and one.unit_id in challenges)
        return max((one.score for one in tests), default=None)
    return mean_grade(one for one in results if one.at <= moment and one.unit_id not in challenges)


def mean_grade(results: Iterable[Result]) -> Decimal | None:
    """The mean of what counts of each unit, in percent; none without graded work.

    That is the best result, unless the quiz says that the last one counts.
    """
    counted: dict[int, Decimal] = {}
    for one in sorted(results, key=lambda result: result.at):
        before = Decimal(0) if one.replaces_earlier else counted.get(one.unit_id, Decimal(0))
        counted[one.unit_id] = max(one.score, before)
    return percent(sum(counted.values(), Decimal(0)) / len(counted)) if counted else None


def counted_results(enrollment: Enrollment) -> list[Result]:
    """What was passed here in quizzes and assignments, and what other systems say was.

    Of quizzes whose last attempt counts, what was failed, too; and work whose pass a correction has
    taken back: left out, it would raise the mean of the others.
    """
    attempts = enrollment.attempts.handed_in().filter(
        Q(is_passed=True) | Q(counts=Quiz.Counts.LAST)
    )
    handed_in = enrollment.submissions.graded().passed_once().with_grade()
    events = enrollment.events.filter(verb="passed").values_list("unit", "at", "score")
    return [
        *(
            Result(one.unit_id, one.submitted_at, one.score, one.is_passed, one.counts == "last")
            for one in attempts.order_by("number")
            if one.submitted_at is not None and one.score is not None
        ),
        *(
            Result(one.unit_id, one.closed_at, one.grade, one.is_passed)  # type: ignore[attr-defined]
            for one in handed_in
            if one.closed_at is not None
        ),
        *(Result(unit, at, score) for unit, at, score in events if score is not None),
    ]
