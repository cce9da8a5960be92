"""How the learners of a run get on, and who is stuck.

An active learner is stuck in a run that has begun when any of these holds:

- *quiet*: nothing was done for 7 days, and less than the cohort's median;
- *quiz*: the same quiz was failed twice and not passed;
- *returned*: work was returned and not handed in again for 7 days;
- *unmarked*: work has waited for its mark for 7 days, so it is ours to do.

A cohort is read whole, in five queries whatever its size: the median needs everybody.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from uuid import UUID

from django.db.models import Count, Max, Q

from catalog.models import CourseRun, Unit
from enrollment.models import CohortMessage, Enrollment, QuizAttempt, Submission, UnitProgress
from enrollment.teaching import learners_of
from lib.folding import fold

QUIET = datetime.timedelta(days=7)
FAILURES = 2

Audience = CohortMessage.Audience


class Reason(StrEnum):
    """Why a learner counts as stuck."""

    QUIET = "quiet"
    QUIZ = "quiz"
    RETURNED = "returned"
    UNMARKED = "unmarked"


@dataclass(frozen=True)
class Standing:
    """Where one learner stands. ``active_at`` is empty for who has opened nothing yet."""

    enrollment_id: int
    public_id: UUID
    name: str
    is_completed: bool
    done: int
    total: int
    active_at: datetime.datetime | None
    completed_before_at: datetime.datetime | None = None
    """When who has taken the run again had completed it."""
    reasons: tuple[Reason, ...] = ()

    @property
    def is_stuck(self) -> bool:
        return bool(self.reasons)

    @property
    def is_not_started(self) -> bool:
        return self.active_at is None and not self.is_completed

    @property
    def share(self) -> float:
        if self.is_completed:
            return 1
        return self.done / self.total if self.total else 0


@dataclass(frozen=True)
class Cohort:
    """All who take the run or have completed it, each once, by name."""

    standings: tuple[Standing, ...]

    @property
    def stuck(self) -> list[Standing]:
        """Whoever has been away longest comes first."""
        stuck = [one for one in self.standings if one.is_stuck]
        return sorted(stuck, key=lambda one: one.active_at or _LONG_AGO)

    @property
    def not_started(self) -> list[Standing]:
        return [one for one in self.standings if one.is_not_started]

    @property
    def completed(self) -> list[Standing]:
        return [one for one in self.standings if one.is_completed]

    @property
    def median_share(self) -> float:
        return median([one.share for one in self.standings]) if self.standings else 0

    def of(self, audience: str) -> Sequence[Standing]:
        """Whom a message to this part of the cohort reaches."""
        match audience:
            case Audience.STUCK:
                return self.stuck
            case Audience.NOT_STARTED:
                return self.not_started
            case _:
                return self.standings


_OPEN_WORK = {
    Submission.Status.RETURNED.value: Reason.RETURNED,
    Submission.Status.SUBMITTED.value: Reason.UNMARKED,
}
_LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.UTC)


@dataclass
class _Done:
    """What one learner has done, as the tables say."""

    units: int = 0
    last: datetime.datetime | None = None

    def seen(self, *moments: datetime.datetime | None) -> None:
        known = [one for one in (self.last, *moments) if one is not None]
        self.last = max(known, default=None)


def cohort_of(run: CourseRun, *, at: datetime.datetime) -> Cohort:
    enrollments = list(
        learners_of(run)
        .with_completion_before()
        .order_by("learner__credential_name", "pk")
        .values_list(
            *("pk", "public_id", "learner__credential_name", "completed_before_at"),
            *("status", "edition", "enrolled_at"),
        )
    )
    steps = _steps(run, {edition for *_, edition, _ in enrollments})
    done = _progress(run)
    reasons = _failing(run, done)
    _work(run, done, reasons, at=at)
    began = _began(run)
    standings = [
        Standing(
            enrollment_id=pk,
            public_id=public_id,
            name=name,
            is_completed=status == Enrollment.Status.COMPLETED,
            done=min(done[pk].units, steps[edition]),
            total=steps[edition],
            active_at=done[pk].last,
            completed_before_at=before_at,
        )
        for pk, public_id, name, before_at, status, edition, _ in enrollments
    ]
    middle = Cohort(tuple(standings)).median_share
    joined = {pk: enrolled_at for pk, *_, enrolled_at in enrollments}
    if began is not None and at < began:
        return Cohort(tuple(standings))
    for one in standings:
        since = max(filter(None, (one.active_at, joined[one.enrollment_id], began)))
        if since <= at - QUIET and one.share < middle:
            reasons[one.enrollment_id].insert(0, Reason.QUIET)
    return Cohort(
        tuple(
            one if one.is_completed else _with_reasons(one, reasons[one.enrollment_id])
            for one in standings
        )
    )


def _with_reasons(standing: Standing, reasons: Iterable[Reason]) -> Standing:
    return Standing(**{**vars(standing), "reasons": tuple(dict.fromkeys(reasons))})


def _began(run: CourseRun) -> datetime.datetime | None:
    if run.starts_on is None:
        return None
    return datetime.datetime.combine(run.starts_on, datetime.time.min, run.zone)


def _steps(run: CourseRun, editions: Iterable[int]) -> Mapping[int, int]:
    """How many units the course has in each edition that somebody has joined."""
    units = list(
        Unit.of_all_editions.filter(course=run.course_id, is_challenge=False).values_list(
            "from_edition", "until_edition"
        )
    )
    return {
        edition: sum(first <= edition < (until or edition + 1) for first, until in units)
        for edition in editions
    }


def _progress(run: CourseRun) -> defaultdict[int, _Done]:
    found: defaultdict[int, _Done] = defaultdict(_Done)
    rows = (
        UnitProgress.objects.filter(enrollment__in=learners_of(run))
        .values("enrollment")
        .annotate(
            done=Count("pk", filter=Q(completed_at__isnull=False, unit__is_challenge=False)),
            opened=Max("opened_at"),
            completed=Max("completed_at"),
            seen=Max("seen_at"),
        )
        .values_list("enrollment", "done", "opened", "completed", "seen")
    )
    for pk, units, *moments in rows:
        found[pk].units = units
        found[pk].seen(*moments)
    return found


def _failing(run: CourseRun, done: defaultdict[int, _Done]) -> defaultdict[int, list[Reason]]:
    reasons: defaultdict[int, list[Reason]] = defaultdict(list)
    rows = (
        QuizAttempt.objects.filter(enrollment__in=learners_of(run), submitted_at__isnull=False)
        .order_by()
        .values("enrollment", "unit")
        .annotate(
            failed=Count("pk", filter=Q(is_passed=False)),
            passed=Count("pk", filter=Q(is_passed=True)),
            last=Max("submitted_at"),
        )
        .values_list("enrollment", "failed", "passed", "last")
    )
    for pk, failed, passed, last in rows:
        done[pk].seen(last)
        if failed >= FAILURES and not passed:
            reasons[pk].append(Reason.QUIZ)
    return reasons


def _work(
    run: CourseRun,
    done: defaultdict[int, _Done],
    reasons: defaultdict[int, list[Reason]],
    *,
    at: datetime.datetime,
) -> None:
    rows = (
        Submission.objects.filter(enrollment__in=learners_of(run))
        .order_by("enrollment", "unit", "number")
        .values_list("enrollment", "unit", "status", "submitted_at", "closed_at")
    )
    latest: dict[tuple[int, int], tuple[str, datetime.datetime]] = {}
    for pk, unit, status, submitted_at, closed_at in rows:
        done[pk].seen(submitted_at)
        latest[pk, unit] = (status, closed_at or submitted_at)
    for (pk, _), (status, since) in latest.items():
        if status in _OPEN_WORK and since <= at - QUIET:
            reasons[pk].append(_OPEN_WORK[status])


def named_like(standings: Sequence[Standing], words: str) -> Sequence[Standing]:
    """Those whose name has all of the words, however they are written."""
    wanted = fold(words).split()
    if not wanted:
        return standings
    return [one for one in standings if all(word in fold(one.name) for word in wanted)]
