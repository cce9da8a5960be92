"""A run with learners, somebody who teaches it, and a live session."""

from __future__ import annotations

import datetime

from accounts.models import User
from catalog.models import CourseRun, LiveSession
from enrollment import actions
from enrollment.models import Enrollment
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    UnitFactory,
    UserFactory,
    published_course,
)

HOUR = datetime.timedelta(hours=1)


def a_run(*, lessons: int = 2, **fields: object) -> CourseRun:
    return published_course(lessons=lessons, **fields).runs.select_related("course").get()


def teacher_of(run: CourseRun, role: str = "instructor") -> User:
    user = UserFactory(credential_name="Iris Teacher")
    return MembershipFactory(user=user, organization=run.course.provider, role=role).user


def join(run: CourseRun, name: str = "", **fields: object) -> Enrollment:
    learner = UserFactory(credential_name=name) if name else UserFactory()
    return EnrollmentFactory(run=run, learner=learner, **fields)


def a_session(run: CourseRun, *, at: datetime.datetime = TUESDAY, **fields: object) -> LiveSession:
    """From ``at`` on for an hour."""
    unit = fields.pop("unit", None) or UnitFactory(
        course=run.course,
        position=50 + run.course.units.count(),
        kind="live",
        title="Practice round",
    )
    return LiveSession.objects.create(run=run, unit=unit, starts_at=at, ends_at=at + HOUR, **fields)


def attend(*enrollments: Enrollment, session: LiveSession, by: User, **fields: object) -> int:
    given = {"at": TUESDAY + 2 * HOUR} | fields
    marks = {one.pk: True for one in enrollments}
    return actions.mark_attendance(session=session, marks=marks, by=by, **given)
