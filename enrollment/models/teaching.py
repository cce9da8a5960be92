"""What instructors write down of their cohorts: who came, and what they told them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from catalog.models import CourseRun, LiveSession
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def in_force(self) -> AttendanceQuerySet:
        """Of each learner in a session the mark that counts: the last one."""
        later = Attendance.objects.filter(
            session=OuterRef("session"),
            enrollment=OuterRef("enrollment"),
            number__gt=OuterRef("number"),
        )
        return self.filter(~Exists(later))


class Attendance(models.Model):
    """Somebody has marked whether a learner came. Rows are added, never changed.

    ``number`` 1 is the mark, from 2 on its corrections, which say why.
    """

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="attendances")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="attendances")
    number = models.PositiveSmallIntegerField()
    is_present = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "enrollment", "number"], name="attendance_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1, reason="") | (Q(number__gt=1) & ~Q(reason="")),
                name="attendance_corrected_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.enrollment_id}: {self.is_present}"


class CohortMessage(models.Model):
    """What an instructor has written to a cohort, or to a part of it."""

    class Audience(models.TextChoices):
        ALL = "all"
        STUCK = "stuck"
        NOT_STARTED = "not_started"

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="Of the form: sent twice, it is one message."
    )
    run = models.ForeignKey(CourseRun, models.PROTECT, related_name="cohort_messages")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    body = models.TextField()
    recipients = models.PositiveIntegerField(help_text="How many it was written to.")
    sent_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=""), name="cohort_message_has_a_body"),
            models.CheckConstraint(
                condition=Q(audience__in=["all", "stuck", "not_started"]),
                name="cohort_message_audience_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.audience}"


GUARDS = [
    Guard(
        name="attendance_never_changes",
        table="enrollment_attendance",
        on="UPDATE",
        forbidden="1 = 1",
    ),
    Guard(
        name="attendance_of_the_sessions_own_run",
        table="enrollment_attendance",
        on="INSERT",
        forbidden="(SELECT s.run_id FROM catalog_livesession s WHERE s.id = NEW.session_id)"
        " <> (SELECT e.run_id FROM enrollment_enrollment e WHERE e.id = NEW.enrollment_id)",
    ),
    Guard(
        name="attendance_never_of_oneself",
        table="enrollment_attendance",
        on="INSERT",
        forbidden="NEW.by_id = (SELECT e.learner_id FROM enrollment_enrollment e"
        " WHERE e.id = NEW.enrollment_id)",
    ),
]
