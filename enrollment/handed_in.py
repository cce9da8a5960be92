"""Work and feedback as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch

from catalog.models import Criterion, Unit
from enrollment.models import Enrollment, Review, Submission, SubmissionQuerySet


def with_feedback(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """With the grade that counts, the files, and what the reviewers said."""
    reviews = Review.objects.prefetch_related("marks")
    return submissions.with_grade().prefetch_related("files", Prefetch("reviews", queryset=reviews))


def rubric(unit: Unit) -> list[Criterion]:
    return list(unit.criteria.prefetch_related("levels"))


def of_learner(enrollment: Enrollment, unit: Unit) -> dict[str, Any]:
    """What the learner has handed in, the last one first, and whether more is asked for."""
    submissions = list(with_feedback(enrollment.submissions.filter(unit=unit)))
    return {
        "criteria": rubric(unit),
        "submissions": submissions,
        "latest": submissions[0] if submissions else None,
        "may_hand_in": not any(one.is_waiting or one.is_passed for one in submissions),
    }


def earlier(submission: Submission) -> Sequence[Submission]:
    """What the same learner handed in before, with the feedback on it."""
    before = Submission.objects.filter(
        enrollment=submission.enrollment_id, unit=submission.unit_id, number__lt=submission.number
    )
    return list(with_feedback(before))
