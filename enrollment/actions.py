"""Taking a course: enroll, open and finish units, take quizzes, complete, withdraw."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from accounts.models import User
from catalog.models import CourseRun, Question, Unit
from enrollment.models import Enrollment, QuizAnswer, QuizAttempt, UnitProgress
from enrollment.signals import course_completed

Status = Enrollment.Status


class NotOpen(Exception):
    """The run takes no new learners now."""


class NotActive(Exception):
    """The enrollment is waitlisted, withdrawn or failed: nothing can be learned in it."""


class UnansweredQuestions(Exception):
    """The quiz was handed in with questions left out. ``numbers`` counts from 1."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


def enroll(*, learner: User, run: CourseRun, at: datetime.datetime) -> Enrollment:
    """Take a seat in the run, or the next place on its waitlist. Repeating it is harmless."""
    existing = run.enrollments.live().filter(learner=learner).first()
    if existing:
        return existing
    if run.is_external or not run.course.is_published or not run.is_open_on(at.date()):
        raise NotOpen(run)
    try:
        with transaction.atomic():
            return _take_place(learner=learner, run=run, at=at)
    except IntegrityError:
        # The same learner's other request was first; its seat is the one that counts.
        return run.enrollments.live().get(learner=learner)


def _take_place(*, learner: User, run: CourseRun, at: datetime.datetime) -> Enrollment:
    if _take_seat(run):
        return Enrollment.objects.create(
            learner=learner, run=run, status=Status.ACTIVE, enrolled_at=at
        )
    # The UPDATE holds the row until commit, so places are given in the order of arrival.
    CourseRun.objects.filter(pk=run.pk).update(waitlist_places_given=F("waitlist_places_given") + 1)
    run.refresh_from_db(fields=["waitlist_places_given"])
    return Enrollment.objects.create(
        learner=learner,
        run=run,
        status=Status.WAITLISTED,
        waitlist_place=run.waitlist_places_given,
        enrolled_at=at,
    )


def _take_seat(run: CourseRun) -> bool:
    """Count one seat as taken if there is one. The condition is in the UPDATE: nobody oversells."""
    return bool(
        CourseRun.objects.filter(pk=run.pk)
        .filter(Q(seats=None) | Q(seats_taken__lt=F("seats")))
        .update(seats_taken=F("seats_taken") + 1)
    )


@transaction.atomic
def withdraw(*, enrollment: Enrollment, at: datetime.datetime) -> None:
    """Leave the run. A seat given back goes at once to whoever has waited longest."""
    was_active = (
        Enrollment.objects.active()
        .filter(pk=enrollment.pk)
        .update(status=Status.WITHDRAWN, withdrawn_at=at)
    )
    if not was_active:
        Enrollment.objects.waitlisted().filter(pk=enrollment.pk).update(
            status=Status.WITHDRAWN, withdrawn_at=at
        )
        return
    # Taking the run's row first gives all who leave or come the same order of locks.
    given_back = CourseRun.objects.filter(pk=enrollment.run_id, seats_taken__gt=0).update(
        seats_taken=F("seats_taken") - 1
    )
    if not given_back:
        return
    _promote(CourseRun.objects.get(pk=enrollment.run_id))


@transaction.atomic
def promote_waitlist(*, run_id: int) -> None:
    """Give the seats that a run has been widened by to whoever waits, the longest first."""
    _promote(CourseRun.objects.select_for_update().get(pk=run_id))


def _promote(run: CourseRun) -> None:
    """``run`` is locked: nobody takes a seat meanwhile."""
    for waiting in Enrollment.objects.waitlisted().filter(run=run):
        if run.seats_left is not None and run.seats_left <= 0:
            return
        # Whoever is first may be leaving at this moment: then it is the next one's turn.
        if Enrollment.objects.waitlisted().filter(pk=waiting.pk).update(status=Status.ACTIVE):
            _take_seat(run)
            run.refresh_from_db(fields=["seats_taken"])


def open_unit(*, enrollment: Enrollment, unit: Unit, at: datetime.datetime) -> None:
    """Remember that the learner has been here; only the first time counts."""
    UnitProgress.objects.bulk_create(
        [UnitProgress(enrollment=enrollment, unit=unit, opened_at=at)], ignore_conflicts=True
    )


@transaction.atomic
def finish_unit(*, enrollment: Enrollment, unit: Unit, at: datetime.datetime) -> None:
    """Mark a unit as done, and complete the course with the last one. Repeating is harmless."""
    enrollment = _locked_for_learning(enrollment)
    open_unit(enrollment=enrollment, unit=unit, at=at)
    enrollment.progress.filter(unit=unit, completed_at=None).update(completed_at=at)
    if enrollment.is_active and not _units_left(enrollment).exists():
        complete(enrollment=enrollment, at=at)


def _locked_for_learning(enrollment: Enrollment) -> Enrollment:
    """The enrollment's row, held until commit.

    Without the lock, two units finished at the same moment each miss the other and nobody
    completes the course.
    """
    locked = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if not (locked.is_active or locked.is_completed):
        raise NotActive(locked)
    return locked


def _units_left(enrollment: Enrollment) -> models.QuerySet[Unit]:
    done = enrollment.progress.filter(completed_at__isnull=False).values("unit")
    return Unit.objects.filter(course=enrollment.run.course_id).exclude(pk__in=done)


@transaction.atomic
def complete(*, enrollment: Enrollment, at: datetime.datetime) -> None:
    """Record the completion, and announce it the first time only."""
    # The condition is in the UPDATE, so of two concurrent calls one wins.
    completed_now = (
        Enrollment.objects.active()
        .filter(pk=enrollment.pk)
        .update(status=Status.COMPLETED, completed_at=at, grade=_grade(enrollment))
    )
    if completed_now:
        enrollment.refresh_from_db()
        course_completed.send(sender=Enrollment, enrollment=enrollment)


def _grade(enrollment: Enrollment) -> Decimal | None:
    """The mean of the best passed attempt of each quiz, in percent; none without quizzes."""
    best: dict[int, Decimal] = {}
    for attempt in enrollment.attempts.filter(is_passed=True):
        best[attempt.unit_id] = max(attempt.score, best.get(attempt.unit_id, Decimal(0)))
    return percent(sum(best.values(), Decimal(0)) / len(best)) if best else None


@transaction.atomic
def submit_quiz(
    *,
    enrollment: Enrollment,
    unit: Unit,
    answers: Mapping[int, Collection[int]],
    at: datetime.datetime,
) -> QuizAttempt:
    """Grade ``answers`` (question id → ids of the ticked choices); a pass finishes the unit.

    A question is right when exactly its right choices are ticked; the score is the share of
    right questions. Raises ``UnansweredQuestions`` and records nothing when one is left out.
    """
    enrollment = _locked_for_learning(enrollment)
    questions = list(unit.questions.prefetch_related("choices"))
    unanswered = [n for n, q in enumerate(questions, 1) if not answers.get(q.pk)]
    if unanswered:
        raise UnansweredQuestions(unanswered)
    right = sum(is_right(question, answers[question.pk]) for question in questions)
    score = percent(Decimal(100 * right) / len(questions)) if questions else Decimal(0)
    attempt = QuizAttempt.objects.create(
        enrollment=enrollment,
        unit=unit,
        submitted_at=at,
        score=score,
        is_passed=score >= unit.pass_percent,
    )
    QuizAnswer.objects.bulk_create(
        QuizAnswer(attempt=attempt, question=question, choice=choice)
        for question in questions
        for choice in question.choices.all()
        if choice.pk in answers[question.pk]
    )
    if attempt.is_passed:
        finish_unit(enrollment=enrollment, unit=unit, at=at)
    else:
        open_unit(enrollment=enrollment, unit=unit, at=at)
    return attempt


def is_right(question: Question, ticked: Collection[int]) -> bool:
    """Whether exactly the right choices are ticked; a question without any is never right."""
    correct = {choice.pk for choice in question.choices.all() if choice.is_correct}
    return bool(correct) and set(ticked) == correct


def percent(value: Decimal) -> Decimal:
    """Two places, half up: the rounding that people expect of a grade."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
