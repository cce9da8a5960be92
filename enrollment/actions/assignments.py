"""Handing in work, marking it, returning it, correcting a grade."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from catalog.models import Criterion, Unit, assignment_of
from enrollment.actions.completing import complete_if_due
from enrollment.actions.learning import finish_unit, locked_for_learning, open_unit
from enrollment.grades import percent
from enrollment.models import CriterionMark, Enrollment, Review, Submission, SubmittedFile
from enrollment.models.assignments import LAST_MARKER
from enrollment.signals import work_graded, work_returned
from enrollment.uploads import Upload, keep, removed_on_failure

Decision = Review.Decision
Status = Submission.Status

FAR_APART = 10
"""Percent points between two markers beyond which a third one decides."""


class NothingHandedIn(Exception):
    """Neither text nor files."""


class AlreadyHandedIn(Exception):
    """Work is waiting to be marked, or has passed."""


class NotWaiting(Exception):
    """The work was returned or graded meanwhile."""


class AlreadyMarked(Exception):
    """The same person has marked this work."""


class OwnWork(Exception):
    """Nobody marks their own work."""


class MarksMissing(Exception):
    """A criterion has no points, or more than it can earn."""


class NotGraded(Exception):
    """Only a grade can be corrected."""


class ReasonMissing(Exception):
    """A correction says why."""


@dataclass(frozen=True)
class Mark:
    points: int
    comment: str = ""


def hand_in(
    *,
    enrollment: Enrollment,
    unit: Unit,
    text: str,
    files: Sequence[Upload],
    at: datetime.datetime,
) -> Submission:
    """Keep the work until somebody marks it. A failure leaves neither rows nor files behind."""
    if not text and not files:
        raise NothingHandedIn
    with removed_on_failure() as kept, transaction.atomic():
        enrollment = locked_for_learning(enrollment)
        if not may_hand_in(enrollment, unit):
            raise AlreadyHandedIn
        open_unit(enrollment=enrollment, unit=unit, at=at)
        submission = Submission.objects.create(
            enrollment=enrollment,
            unit=unit,
            number=enrollment.submissions.filter(unit=unit).count() + 1,
            text=text,
            submitted_at=at,
            pass_percent=unit.pass_percent,
        )
        for upload in files:
            row = SubmittedFile(submission=submission)
            keep(row, upload)
            kept.append(row)
    return submission


def may_hand_in(enrollment: Enrollment, unit: Unit) -> bool:
    """Whether the assignment waits for work: nothing is being marked, nothing has passed."""
    handed_in = enrollment.submissions.filter(unit=unit).with_grade()
    return not any(one.is_waiting or one.is_passed for one in handed_in)


@transaction.atomic
def mark(
    *,
    submission: Submission,
    by: User,
    marks: Mapping[int, Mark],
    decision: str,
    comment: str,
    at: datetime.datetime,
) -> Review:
    """Mark the work, by criterion id, or return it to be handed in again.

    The grade stands once all who have to mark have marked: one, or two people whose percents are
    not far apart, or else a third who decides. A pass finishes the unit.
    """
    submission = _locked(submission, by=by)
    if not submission.is_waiting:
        raise NotWaiting(submission)
    reviews = list(submission.reviews.all())
    if any(review.reviewer_id == by.pk for review in reviews):
        raise AlreadyMarked(submission)
    review = _review(
        submission,
        by=by,
        marks=marks,
        decision=decision,
        comment=comment,
        marker=len(reviews) + 1,
        at=at,
    )
    if decision == Decision.RETURN:
        _close(submission, Status.RETURNED, at=at)
        work_returned.send(sender=Submission, submission=submission)
        return review
    two_mark = assignment_of(submission.unit).second_marker
    grade = settled([*reviews, review], two_mark=two_mark)
    if grade is not None:
        _close(submission, Status.GRADED, at=at, grade=grade)
        _finish_if_passed(submission, grade, at=at)
        work_graded.send(sender=Submission, submission=submission)
    return review


@transaction.atomic
def correct(
    *,
    submission: Submission,
    by: User,
    marks: Mapping[int, Mark],
    reason: str,
    comment: str,
    at: datetime.datetime,
) -> Review:
    """Put another grade in force. What was said before stays; so does a unit that is finished."""
    if not reason:
        raise ReasonMissing
    submission = _locked(submission, by=by)
    if not submission.is_graded:
        raise NotGraded(submission)
    corrections = submission.reviews.filter(marker__gt=LAST_MARKER).count()
    review = _review(
        submission,
        by=by,
        marks=marks,
        decision=Decision.GRADE,
        comment=comment,
        reason=reason,
        marker=LAST_MARKER + corrections + 1,
        at=at,
    )
    assert review.percent is not None
    complete_if_due(enrollment_id=submission.enrollment_id, at=at, by=by, reason=reason)
    _finish_if_passed(submission, review.percent, at=at)
    work_graded.send(sender=Submission, submission=submission)
    return review


def settled(reviews: Sequence[Review], *, two_mark: bool) -> Decimal | None:
    """The grade that the reviews come to, or nothing while another one is wanted."""
    percents = [review.percent for review in reviews if review.percent is not None]
    if not two_mark or len(percents) == LAST_MARKER:
        return percents[-1]
    if len(percents) < 2 or abs(percents[0] - percents[1]) > FAR_APART:
        return None
    return percent(sum(percents, Decimal(0)) / len(percents))


def best_scores(enrollment: Enrollment) -> dict[int, Decimal]:
    """Unit id → best passed percent of the assignments, after corrections."""
    best: dict[int, Decimal] = {}
    for submission in enrollment.submissions.graded().with_grade():
        grade = submission.passed_with
        if grade is not None:
            best[submission.unit_id] = max(grade, best.get(submission.unit_id, Decimal(0)))
    return best


def _locked(submission: Submission, *, by: User) -> Submission:
    """The work, held until commit: of two people who mark at once, the second sees the first.

    The enrollment comes first, as everywhere else, so that nobody waits in a circle.
    """
    locked_for_learning(submission.enrollment)
    if submission.enrollment.learner_id == by.pk:
        raise OwnWork(submission)
    return (
        Submission.objects.select_related("enrollment", "unit")
        .select_for_update(of=("self",))
        .get(pk=submission.pk)
    )


def _review(
    submission: Submission,
    *,
    by: User,
    marks: Mapping[int, Mark],
    decision: str,
    comment: str,
    marker: int,
    at: datetime.datetime,
    reason: str = "",
) -> Review:
    criteria = list(submission.unit.criteria.all())
    is_grade = decision == Decision.GRADE
    _check(criteria, marks, all_needed=is_grade)
    review = Review.objects.create(
        submission=submission,
        reviewer=by,
        marker=marker,
        decision=decision,
        percent=share(criteria, marks) if is_grade else None,
        comment=comment,
        reason=reason,
        created_at=at,
    )
    CriterionMark.objects.bulk_create(
        CriterionMark(
            review=review,
            criterion=criterion,
            title=criterion.title,
            out_of=criterion.points,
            points=marks[criterion.pk].points,
            comment=marks[criterion.pk].comment,
        )
        for criterion in criteria
        if criterion.pk in marks
    )
    return review


def _check(criteria: Sequence[Criterion], marks: Mapping[int, Mark], *, all_needed: bool) -> None:
    if all_needed and (not criteria or any(one.pk not in marks for one in criteria)):
        raise MarksMissing
    if any(one.pk in marks and not 0 <= marks[one.pk].points <= one.points for one in criteria):
        raise MarksMissing


def share(criteria: Sequence[Criterion], marks: Mapping[int, Mark]) -> Decimal:
    """The earned points among all points, in percent."""
    earned = sum(marks[criterion.pk].points for criterion in criteria)
    return percent(Decimal(100 * earned) / sum(criterion.points for criterion in criteria))


def _close(
    submission: Submission, status: str, *, at: datetime.datetime, grade: Decimal | None = None
) -> None:
    submission.status, submission.closed_at, submission.percent = status, at, grade
    submission.save(update_fields=["status", "closed_at", "percent"])


def _finish_if_passed(submission: Submission, grade: Decimal, *, at: datetime.datetime) -> None:
    if grade >= submission.pass_percent:
        finish_unit(enrollment=submission.enrollment, unit=submission.unit, at=at)
