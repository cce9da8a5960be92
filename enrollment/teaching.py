"""The runs that somebody teaches: every page of an instructor starts at the person."""

from __future__ import annotations

import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.visibility import SEEN_BY, Facts
from catalog.models import CourseRun, LiveSession
from enrollment.models import Attendance, Enrollment, EnrollmentQuerySet, Submission
from enrollment.models.assignments import REVIEWING_ROLES
from enrollment.progress import number_of

Status = Enrollment.Status
TEACHING_ROLES = SEEN_BY[Facts.COHORT]


def taught_by(user: User) -> QuerySet[CourseRun]:
    """The runs of the providers for which this person teaches or curates."""
    return _of_providers(user, TEACHING_ROLES)


def reviewed_by(user: User) -> QuerySet[CourseRun]:
    """Those, and the runs in which they only mark what is handed in."""
    return _of_providers(user, REVIEWING_ROLES)


def _of_providers(user: User, roles: tuple[str, ...]) -> QuerySet[CourseRun]:
    organizations = user.memberships.filter(role__in=roles).values("organization")
    return CourseRun.objects.filter(
        course__provider__in=organizations, is_external=False
    ).select_related("course")


def learners_of(run: CourseRun) -> EnrollmentQuerySet:
    """Those who take the run or have completed it, each once."""
    return Enrollment.objects.filter(run=run).taking_part()


def learners_at(session: LiveSession) -> QuerySet[Enrollment]:
    """Those whose attendance can be marked, each once: by what was under way when it began.

    Who has begun the run anew since was there by the enrollment that they have completed.
    """
    run = session.run
    then = Q(taken_again_at__gt=session.starts_at)
    before = run.enrollments.filter(then, learner=OuterRef("learner"), pk__lt=OuterRef("pk"))
    return run.enrollments.filter(
        Q(taken_again_at=None) | then,
        ~Exists(before),
        status__in=[Status.ACTIVE, Status.COMPLETED],
    )


def with_line(runs: QuerySet[CourseRun]) -> QuerySet[CourseRun]:
    """Add ``line_count``: how many ask for a seat or wait for one."""
    return runs.annotate(line_count=_with_status(Status.REQUESTED, Status.WAITLISTED))


def with_counts(
    runs: QuerySet[CourseRun], user: User, *, at: datetime.datetime
) -> QuerySet[CourseRun]:
    """Add how many take it, have completed it, wait and ask, and what this person can mark."""
    began = LiveSession.objects.filter(run=OuterRef("pk"), starts_at__lte=at, attendances=None)
    work = Submission.objects.waiting_for(user).filter(enrollment__run=OuterRef("pk")).order_by()
    return runs.annotate(
        active_count=_with_status(Status.ACTIVE),
        completed_count=_number_of(
            Enrollment.objects.taking_part().filter(status=Status.COMPLETED)
        ),
        waiting_count=_with_status(Status.WAITLISTED, Status.OFFERED),
        asking_count=_with_status(Status.REQUESTED),
        unmarked_count=number_of(
            began.order_by().values("run").annotate(n=Count("pk")).values("n")
        ),
        work_count=number_of(work.values("enrollment__run").annotate(n=Count("pk")).values("n")),
    )


def _with_status(*statuses: str) -> Coalesce:
    return _number_of(Enrollment.objects.filter(status__in=statuses))


def _number_of(enrollments: QuerySet[Enrollment]) -> Coalesce:
    found = enrollments.filter(run=OuterRef("pk")).order_by()
    return number_of(found.values("run").annotate(n=Count("pk")).values("n"))


def current(runs: QuerySet[CourseRun], *, on: datetime.date) -> QuerySet[CourseRun]:
    """Not over yet; cohorts first, then by their first day."""
    return runs.filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by(
        "-is_cohort", "is_self_paced", "starts_on", "course__title", "pk"
    )


def over(runs: QuerySet[CourseRun], *, on: datetime.date) -> QuerySet[CourseRun]:
    """The last to end first."""
    return runs.filter(ends_on__lt=on).order_by("-ends_on", "course__title", "pk")


def marked_in(run: CourseRun) -> dict[int, tuple[int, int]]:
    """Of each session that was marked: how many came, and how many are marked."""
    marks = Attendance.objects.in_force().filter(session__run=run).order_by().values("session")
    counted = marks.annotate(came=Count("pk", filter=Q(is_present=True)), marked=Count("pk"))
    return {
        pk: (came, all_of) for pk, came, all_of in counted.values_list("session", "came", "marked")
    }
