"""Who takes what, how far they are, and what they have completed."""

from __future__ import annotations

from enrollment.models import (
    assignments,
    enrollments,
    events,
    orders,
    progress,
    quizzes,
    teaching,
)
from enrollment.models.assignments import (
    CriterionMark,
    Review,
    Submission,
    SubmissionQuerySet,
    SubmittedFile,
)
from enrollment.models.enrollments import Correction, Enrollment, EnrollmentQuerySet
from enrollment.models.events import ProgressEvent
from enrollment.models.exemptions import Exemption
from enrollment.models.goals import Goal
from enrollment.models.measured import MeasuredTime
from enrollment.models.orders import Order, Voucher
from enrollment.models.progress import UnitProgress
from enrollment.models.quizzes import Answer, QuizAttempt, QuizVersion
from enrollment.models.teaching import Attendance, CohortMessage

GUARDS = [
    *assignments.GUARDS,
    *enrollments.GUARDS,
    *events.GUARDS,
    *orders.GUARDS,
    *progress.GUARDS,
    *quizzes.GUARDS,
    *teaching.GUARDS,
]

__all__ = [
    "GUARDS",
    "Answer",
    "Attendance",
    "CohortMessage",
    "Correction",
    "CriterionMark",
    "Enrollment",
    "EnrollmentQuerySet",
    "Exemption",
    "Goal",
    "MeasuredTime",
    "Order",
    "ProgressEvent",
    "QuizAttempt",
    "QuizVersion",
    "Review",
    "Submission",
    "SubmissionQuerySet",
    "SubmittedFile",
    "UnitProgress",
    "Voucher",
]
