"""Completing a course, and what somebody decides about an enrollment by hand, with a reason."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from catalog.models import quiz_of
from enrollment import quiz_time
from enrollment.actions.seats import give_back, locked_run, take_free_seat
from enrollment.models import Correction, Enrollment
from enrollment.outcome import Completion, completion, grade_at
from enrollment.signals import completion_changed, completion_undone, course_completed

Status = Enrollment.Status
_COMPLETION = ["completed_at", "completed_by", "grade"]


class CannotCorrect(ValueError):
    """The enrollment is not in a state in which this can be done; the message says why."""


@transaction.atomic
def complete_if_due(
    *, enrollment_id: int, at: datetime.datetime, by: User | None = None, reason: str = ""
) -> bool:
    """Record the completion that the rows prove, and announce it once; whether there is one now.

    Under the enrollment's lock: two units that are finished at the same moment would each miss
    the other. Who has corrected a result is named, with the reason.
    """
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    if not _may_complete(enrollment):
        return enrollment.is_completed
    found = completion(enrollment)
    if enrollment.is_completed:
        if change := _change(enrollment, found, is_corrected=by is not None):
            _record_change(enrollment, change, by=by, reason=reason, at=at)
        return True
    if found is None or not _counts(found, enrollment):
        return False
    _record(enrollment, found)
    return True


def _may_complete(enrollment: Enrollment) -> bool:
    """What somebody has decided by hand, no evidence changes."""
    if enrollment.is_completed:
        return enrollment.completed_by != Enrollment.CompletedBy.HAND
    return enrollment.is_active or (enrollment.status == Status.WITHDRAWN and enrollment.had_seat)


def _counts(found: Completion, enrollment: Enrollment) -> bool:
    """Evidence that comes after the learner has left still shows what was completed before.

    The seat has gone on by then. Who takes the run again meanwhile completes it there.
    """
    if enrollment.status != Status.WITHDRAWN:
        return True
    assert enrollment.withdrawn_at is not None
    again = Enrollment.objects.current().filter(
        learner=enrollment.learner_id, run=enrollment.run_id
    )
    return found.at <= enrollment.withdrawn_at and not again.exists()


def _change(
    enrollment: Enrollment, found: Completion | None, *, is_corrected: bool
) -> Completion | None:
    """What the results say of the completion now, if that is not what is recorded.

    Those that came late may show that it was earlier. A corrected one never undoes it, also where
    it is not enough any more; the grade is what the results come to even then.
    """
    assert enrollment.completed_at is not None
    recorded = Completion(enrollment.completed_at, enrollment.completed_by, enrollment.grade)
    if found is None or found.at > recorded.at:
        if not is_corrected:
            return None
        found = replace(recorded, grade=grade_at(enrollment, recorded.at, by=recorded.by))
    if enrollment.corrections.filter(kind=Correction.Kind.GRADED).exists():
        found = replace(found, grade=recorded.grade)
    return found if found != recorded else None


def _record_change(
    enrollment: Enrollment,
    found: Completion,
    *,
    by: User | None,
    reason: str,
    at: datetime.datetime,
) -> None:
    said = reason or "Results came late."
    _correct(enrollment, Correction.Kind.RESULTS, by=by, reason=said, at=at)
    enrollment.completed_at, enrollment.completed_by = found.at, found.by
    enrollment.grade = found.grade
    enrollment.save(update_fields=_COMPLETION)
    completion_changed.send(sender=Enrollment, enrollment=enrollment, by=by, reason=reason)


def _record(enrollment: Enrollment, found: Completion) -> None:
    enrollment.status = Status.COMPLETED
    enrollment.completed_at, enrollment.completed_by = found.at, found.by
    enrollment.grade = found.grade
    enrollment.save(update_fields=["status", *_COMPLETION])
    course_completed.send(sender=Enrollment, enrollment=enrollment)


@transaction.atomic
def complete_by_hand(
    *,
    enrollment: Enrollment,
    by: User,
    reason: str,
    at: datetime.datetime,
    grade: Decimal | None = None,
) -> Enrollment:
    """Complete the course for a learner who has shown elsewhere what it asks for."""
    locked = _locked(enrollment)
    if locked.is_completed:
        return locked
    if not locked.is_active:
        raise CannotCorrect("Only a learner who takes the course can complete it.")
    _correct(locked, Correction.Kind.COMPLETED, by=by, reason=reason, at=at)
    _record(locked, Completion(at, Enrollment.CompletedBy.HAND, grade))
    return locked


@transaction.atomic
def reopen(*, enrollment: Enrollment, by: User, reason: str, at: datetime.datetime) -> Enrollment:
    """Undo a completion or a failure: the learner goes on where they were.

    What rested on the completion falls, and only evidence from now on completes the course again.
    Whoever did all there is to do while the failure stood has completed it with its end.
    """
    run = locked_run(enrollment.run_id)
    locked = _locked(enrollment)
    if not (locked.is_completed or locked.status == Status.FAILED):
        raise CannotCorrect("Only what was completed or failed can be opened again.")
    others = Enrollment.objects.current().filter(learner=locked.learner_id, run=run)
    if others.exclude(pk=locked.pk).exists():
        raise CannotCorrect("The learner has enrolled in this run again.")
    if not locked.keeps_seat and not take_free_seat(run):
        raise CannotCorrect("The seat has gone to somebody else. Give the run one more first.")
    _undo(
        locked, Correction.Kind.REOPENED, Status.ACTIVE, by=by, reason=reason, at=at, ended_at=None
    )
    complete_if_due(enrollment_id=locked.pk, at=at)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def fail(
    *,
    enrollment: Enrollment,
    by: User,
    reason: str,
    at: datetime.datetime,
    is_no_show: bool = False,
) -> Enrollment:
    """End the enrollment without success, and hand its seat on. Repeating it is harmless.

    A completion that stood falls, with what rested on it.
    """
    kind = Correction.Kind.NO_SHOW if is_no_show else Correction.Kind.FAILED
    # In the order of all who come or go: first the run.
    run = locked_run(enrollment.run_id)
    locked = _locked(enrollment)
    if locked.status == Status.FAILED:
        return locked
    if not (locked.is_active or locked.is_completed):
        raise CannotCorrect("Only a learner who takes or has completed the course can fail it.")
    has_seat = locked.keeps_seat
    _undo(
        locked,
        kind,
        Status.FAILED,
        by=by,
        reason=reason,
        at=at,
        ended_at=locked.withdrawn_at or at,
    )
    if has_seat:
        give_back(run, at=at)
    return locked


def _undo(
    locked: Enrollment,
    kind: str,
    status: str,
    *,
    by: User,
    reason: str,
    at: datetime.datetime,
    ended_at: datetime.datetime | None,
) -> None:
    was_completed = locked.is_completed
    _correct(locked, kind, by=by, reason=reason, at=at, undoes=locked.completed_at)
    locked.status, locked.withdrawn_at = status, ended_at
    locked.completed_at, locked.completed_by, locked.grade = None, "", None
    locked.taken_again_at = None
    locked.save(update_fields=["status", "withdrawn_at", "taken_again_at", *_COMPLETION])
    if was_completed:
        completion_undone.send(sender=Enrollment, enrollment=locked, by=by, reason=reason)


@transaction.atomic
def extend(
    *, enrollment: Enrollment, due_on: datetime.date, by: User, reason: str, at: datetime.datetime
) -> Enrollment:
    """Give one learner more time than the run has."""
    locked = _locked(enrollment)
    if not locked.is_active:
        raise CannotCorrect("Only a learner who takes the course can be given more time.")
    if locked.run.ends_on is not None and due_on < locked.run.ends_on:
        raise CannotCorrect("The new last day is before that of the run.")
    _correct(locked, Correction.Kind.EXTENDED, by=by, reason=reason, at=at)
    locked.due_on = due_on
    locked.save(update_fields=["due_on"])
    return locked


@transaction.atomic
def give_quiz_time(
    *, enrollment: Enrollment, extra_percent: int, by: User, reason: str, at: datetime.datetime
) -> None:
    """Let one learner have more time in all quizzes that are timed; 0 takes it back.

    It holds for the attempt that is under way, too, unless its time is up already.
    """
    locked = _locked(enrollment)
    if not locked.is_active:
        raise CannotCorrect("Only a learner who takes the course can be given more time.")
    _correct(
        locked,
        Correction.Kind.QUIZ_TIME,
        by=by,
        reason=reason,
        at=at,
        extra_percent=extra_percent,
    )
    for attempt in locked.attempts.under_way().filter(due_at__gt=at).select_related("unit"):
        due_at = quiz_time.due_at(locked, quiz_of(attempt.unit), attempt.started_at)
        if due_at and attempt.due_at and due_at > attempt.due_at:
            attempt.due_at = due_at
            attempt.save(update_fields=["due_at"])


@transaction.atomic
def refuse(*, enrollment: Enrollment, by: User, reason: str, at: datetime.datetime) -> None:
    """Turn a request down and say why; the learner may ask again. Repeating it is harmless."""
    locked = _locked(enrollment)
    if not locked.is_requested:
        return
    _correct(locked, Correction.Kind.REFUSED, by=by, reason=reason, at=at)
    locked.status, locked.withdrawn_at = Status.LAPSED, at
    locked.save(update_fields=["status", "withdrawn_at"])


@transaction.atomic
def correct_grade(
    *, enrollment: Enrollment, grade: Decimal, by: User, reason: str, at: datetime.datetime
) -> Enrollment:
    """Replace the grade of a completed course; the one before stays in the correction."""
    locked = _locked(enrollment)
    if not locked.is_completed:
        raise CannotCorrect("Only a completed course has a grade to correct.")
    _correct(locked, Correction.Kind.GRADED, by=by, reason=reason, at=at)
    locked.grade = grade
    locked.save(update_fields=["grade"])
    completion_changed.send(sender=Enrollment, enrollment=locked, by=by, reason=reason)
    return locked


def _locked(enrollment: Enrollment) -> Enrollment:
    return (
        Enrollment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("run")
        .get(pk=enrollment.pk)
    )


def _correct(
    enrollment: Enrollment,
    kind: str,
    *,
    by: User | None,
    reason: str,
    at: datetime.datetime,
    undoes: datetime.datetime | None = None,
    extra_percent: int | None = None,
) -> None:
    if not reason.strip():
        raise CannotCorrect("Say why.")
    Correction.objects.create(
        enrollment=enrollment,
        kind=kind,
        by=by,
        at=at,
        reason=reason.strip(),
        undoes=undoes,
        grade_before=enrollment.grade,
        extra_percent=extra_percent,
    )
