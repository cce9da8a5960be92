"""What enrollment holds about a learner, and what becomes of it when they are erased."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.personal_data import GONE, Attachments, Holding, Rows
from enrollment import actions
from enrollment.models import (
    Answer,
    Attendance,
    CohortMessage,
    Correction,
    CriterionMark,
    Enrollment,
    Exemption,
    Goal,
    Order,
    ProgressEvent,
    QuizAttempt,
    Review,
    Submission,
    SubmittedFile,
    UnitProgress,
)

UNDER_WAY = set(Enrollment.LIVE) - {Enrollment.Status.COMPLETED}
CHUNK = 64 * 1024
THE_COURSE = {"course": "run__course__title", "run": "run__title"}
ITS_COURSE = {"course": "enrollment__run__course__title", "enrollment": "enrollment__public_id"}
THE_UNIT = {"unit": "unit__title", **ITS_COURSE}


def leave_courses(rows: Rows, *, at: datetime.datetime) -> None:
    """Seats go back, in the order in which all who lock several runs lock them."""
    for enrollment in rows.filter(status__in=UNDER_WAY).order_by("run", "pk"):
        actions.withdraw(enrollment=enrollment, at=at)
    # Nobody is left to be told.
    rows.update(told_status=F("status"))


def forget_reasons(rows: Rows, *, at: datetime.datetime) -> None:
    rows.update(reason=GONE)


def forget_payers(rows: Rows, *, at: datetime.datetime) -> None:
    """An invoice that is still open keeps its address until it is settled."""
    settled = rows.exclude(status=Order.Status.OPEN)
    settled.exclude(billing_name="").update(billing_name=GONE, billing_address="")


def forget_settled_payers(*, at: datetime.datetime) -> None:
    """The rest of the erasure of those whose invoice was open at the time."""
    rows = Order.objects.filter(enrollment__learner__erased_at__isnull=False)
    forget_payers(rows.exclude(billing_name=GONE), at=at)


def submitted_files(rows: Rows) -> Attachments:
    for row in rows.iterator(chunk_size=100):
        name = row.name.replace("/", "_").replace("\\", "_")
        yield f"handed_in/{row.public_id}-{name}", _chunks(row)


def _chunks(row: SubmittedFile) -> Iterator[bytes]:
    with row.file.open() as file:
        yield from file.chunks(CHUNK)


def register() -> None:
    personal_data.register(
        Holding(
            model=Enrollment,
            whose="learner",
            about="the courses that you took, and how far you came",
            hidden=frozenset({"told_status"}),
            also=THE_COURSE,
            erase=leave_courses,
            stays=_(
                "That a seat in a run was taken, completed or left, and with which grade: so that"
                " seats, payments and awards add up. It refers to nobody."
            ),
        ),
        Holding(
            model=Order,
            whose="enrollment__learner",
            about="what you ordered, and who pays",
            also=ITS_COURSE,
            erase=forget_payers,
            stays=_(
                "Amount, date and status of orders: organizations have to account for them. Your"
                " name and address go as soon as no invoice is open."
            ),
        ),
        Holding(
            model=Correction,
            whose="enrollment__learner",
            about="what was changed in your enrollments, by hand or by late results, and why",
            also=ITS_COURSE,
            erase=forget_reasons,
            stays=_("Who changed a result by hand, and when, without the reason."),
        ),
        Holding(
            model=SubmittedFile,
            whose="submission__enrollment__learner",
            about="the files that you handed in; they are in the folder files",
            hidden=frozenset({"file"}),
            also={"work": "submission__public_id"},
            attachments=submitted_files,
        ),
        Holding(
            model=CriterionMark,
            whose="review__submission__enrollment__learner",
            about="the points that your work was given",
            also={"work": "review__submission__public_id", "marker": "review__marker"},
        ),
        Holding(
            model=Review,
            whose="submission__enrollment__learner",
            about="what was said of your work",
            also={"work": "submission__public_id"},
        ),
        Holding(
            model=Submission,
            whose="enrollment__learner",
            about="the work that you handed in",
            also=THE_UNIT,
        ),
        Holding(
            model=Answer,
            whose="attempt__enrollment__learner",
            about="what you answered in quizzes",
            hidden=frozenset({"question_id", "layout", "response"}),
            also={"quiz": "attempt__unit__title", "attempt": "attempt__number"},
        ),
        Holding(
            model=QuizAttempt,
            whose="enrollment__learner",
            about="the quizzes that you took",
            also=THE_UNIT,
        ),
        Holding(
            model=ProgressEvent,
            whose="enrollment__learner",
            about="what other systems said of your progress",
            also=THE_UNIT,
        ),
        Holding(
            model=UnitProgress,
            whose="enrollment__learner",
            about="the units that you opened and finished, and the time that you spent",
            also=THE_UNIT,
        ),
        Holding(
            model=Attendance,
            whose="enrollment__learner",
            about="the sessions that you came to",
            also={"session": "session__starts_at", **ITS_COURSE},
        ),
        Holding(
            model=Goal,
            whose="learner",
            about="the occupation that you aim for",
            also={"occupation": "occupation__label"},
        ),
        Holding(
            model=Exemption,
            whose="learner",
            about="what you asked to be exempted from",
            also={"course": "course__title"},
        ),
    )
    why = "who decided, marked or recorded something, and when"
    for model, column in (
        (Attendance, "by"),
        (CohortMessage, "by"),
        (Correction, "by"),
        (Review, "reviewer"),
        (Order, "recorded_by"),
        (Exemption, "decided_by"),
    ):
        personal_data.register_actor(model, column, why=why)
