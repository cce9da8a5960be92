"""Learners and what they have reached in each graded unit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import CourseRun, Quiz, Unit
from enrollment import grades
from enrollment.models import Enrollment, ProgressEvent, QuizAttempt, Submission
from enrollment.teaching import learners_of
from lib.batches import batched

BATCH = 500


@dataclass(frozen=True)
class Cell:
    """The result that counts, in percent: the best, or of some quizzes the last; passed or not."""

    percent: Decimal
    is_passed: bool


@dataclass(frozen=True)
class Row:
    enrollment: Enrollment
    cells: tuple[Cell | None, ...]


def graded_units(run: CourseRun) -> list[Unit]:
    """The quizzes and assignments of all editions that somebody in the run has joined, in order.

    External activities count once another system has reported a grade for one.
    """
    editions = set(learners_of(run).order_by().values_list("edition", flat=True).distinct())
    reported = ProgressEvent.objects.filter(
        enrollment__in=learners_of(run), score__isnull=False
    ).values("unit")
    units = Unit.of_all_editions.filter(
        Q(kind__in=[Unit.Kind.QUIZ, Unit.Kind.ASSIGNMENT]) | Q(pk__in=reported),
        course=run.course_id,
    ).order_by("position", "pk")
    return [
        unit
        for unit in units
        if any(unit.from_edition <= one < (unit.until_edition or one + 1) for one in editions)
    ]


def by_name(run: CourseRun) -> QuerySet[Enrollment]:
    """With ``completed_before_at``."""
    found = learners_of(run).with_completion_before().select_related("learner")
    return found.order_by("learner__credential_name", "pk")


def rows(enrollments: Sequence[Enrollment], units: Sequence[Unit]) -> list[Row]:
    """In three queries, however many they are."""
    best: dict[tuple[int, int], Cell] = {}
    ids = [one.pk for one in enrollments]
    for enrollment_id, unit_id, score, is_passed in _results(ids):
        # Aggregates of SQLite forget how many places a number has.
        percent = grades.percent(score)
        known = best.get((enrollment_id, unit_id))
        if known is None or (is_passed, percent) > (known.is_passed, known.percent):
            best[enrollment_id, unit_id] = Cell(percent, is_passed)
    return [Row(one, tuple(best.get((one.pk, unit.pk)) for unit in units)) for one in enrollments]


def _results(ids: Sequence[int]) -> Iterator[tuple[int, int, Decimal, bool]]:
    attempts = QuizAttempt.objects.handed_in().filter(enrollment__in=ids).order_by("number")
    quizzes: dict[tuple[int, int], tuple[Decimal, bool]] = {}
    for attempt in attempts.only("enrollment", "unit", "score", "is_passed", "counts"):
        assert attempt.score is not None
        key, result = (attempt.enrollment_id, attempt.unit_id), (attempt.score, attempt.is_passed)
        if attempt.counts == Quiz.Counts.LAST or key not in quizzes:
            quizzes[key] = result
        else:
            quizzes[key] = max(quizzes[key], result, key=lambda one: (one[1], one[0]))
    for key, result in quizzes.items():
        yield (*key, *result)
    for work in Submission.objects.filter(enrollment__in=ids).graded().with_grade():
        yield work.enrollment_id, work.unit_id, work.grade, work.is_passed  # type: ignore[attr-defined]
    reported = ProgressEvent.objects.filter(enrollment__in=ids, score__isnull=False)
    for event in reported.only("enrollment", "unit", "score", "verb"):
        assert event.score is not None
        is_passed = event.verb != ProgressEvent.Verb.FAILED
        yield event.enrollment_id, event.unit_id, event.score, is_passed


def as_table(run: CourseRun) -> Iterator[list[object]]:
    """The whole gradebook for a file: a line of headings, then one for each learner.

    Read by the batch, so that a large cohort is never in memory at once. Words are chosen now, in
    the reader's language, and not when the lines are read.
    """
    units = graded_units(run)
    headings: list[object] = [
        _("Learner"),
        _("Enrollment"),
        _("Completed"),
        _("Completed before"),
        *(f"{unit.title} (%)" for unit in units),
        _("Final grade (%)"),
    ]
    return chain([headings], _lines(run, units))


def _lines(run: CourseRun, units: Sequence[Unit]) -> Iterator[list[object]]:
    for some in batched(by_name(run).iterator(chunk_size=BATCH), BATCH):
        for row in rows(some, units):
            yield _line(row, run)


def _line(row: Row, run: CourseRun) -> list[object]:
    one = row.enrollment
    return [
        one.learner.credential_name,
        one.public_id,
        _day(one.completed_at, run),
        _day(one.completed_before_at, run),  # type: ignore[attr-defined]
        *("" if cell is None else cell.percent for cell in row.cells),
        "" if one.grade is None else one.grade,
    ]


def _day(moment: datetime.datetime | None, run: CourseRun) -> object:
    return "" if moment is None else moment.astimezone(run.zone).date()
