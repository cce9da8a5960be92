"""Who takes what, how far they are, and what they have completed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Choice, CourseRun, Question, Unit
from lib.db_guards import Guard


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def live(self) -> EnrollmentQuerySet:
        return self.filter(status__in=Enrollment.LIVE)

    def active(self) -> EnrollmentQuerySet:
        return self.filter(status=Enrollment.Status.ACTIVE)

    def completed(self) -> EnrollmentQuerySet:
        return self.filter(status=Enrollment.Status.COMPLETED)

    def waitlisted(self) -> EnrollmentQuerySet:
        """In order of arrival."""
        return self.filter(status=Enrollment.Status.WAITLISTED).order_by("waitlist_place")

    def of_people_at(self, organization_id: int) -> EnrollmentQuerySet:
        """What an employer may see: the enrollments of its own employees."""
        return self.filter(
            learner__memberships__organization=organization_id,
            learner__memberships__role="employee",
        )


class Enrollment(models.Model):
    class Status(models.TextChoices):
        WAITLISTED = "waitlisted"
        ACTIVE = "active"
        COMPLETED = "completed"
        WITHDRAWN = "withdrawn"
        FAILED = "failed"

    LIVE: ClassVar = (Status.WAITLISTED, Status.ACTIVE, Status.COMPLETED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.PROTECT, related_name="enrollments")
    run = models.ForeignKey(CourseRun, models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=12, choices=Status.choices)
    waitlist_place = models.PositiveIntegerField(null=True, blank=True)
    enrolled_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    grade = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-enrolled_at"]
        indexes: ClassVar = [
            # The API reads completions in this order, a page after a known row.
            models.Index(fields=["completed_at", "id"], name="enrollment_by_completion"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "run"],
                condition=Q(status__in=["waitlisted", "active", "completed"]),
                name="enrollment_one_live_per_run",
            ),
            models.UniqueConstraint(
                fields=["run", "waitlist_place"], name="enrollment_waitlist_place_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["waitlisted", "active", "completed", "withdrawn", "failed"]
                ),
                name="enrollment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at=None)),
                name="enrollment_completed_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waitlist_place__isnull=False),
                name="enrollment_waitlisted_has_a_place",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100),
                name="enrollment_grade_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.run.course}"

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_waitlisted(self) -> bool:
        return self.status == self.Status.WAITLISTED


class UnitProgress(models.Model):
    """A learner has opened a unit, and perhaps finished it. Never goes back."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="progress")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrollment", "unit"], name="progress_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}/{self.unit_id}"


class QuizAttempt(models.Model):
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="attempts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="attempts")
    submitted_at = models.DateTimeField()
    score = models.DecimalField(max_digits=5, decimal_places=2, help_text="Percent.")
    is_passed = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["-submitted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="attempt_score_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.score} %"


class QuizAnswer(models.Model):
    """One choice that the learner ticked."""

    attempt = models.ForeignKey(QuizAttempt, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    choice = models.ForeignKey(Choice, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "choice"], name="answer_once_per_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.choice_id}"


GUARDS = [
    Guard(
        name="enrollment_completed_stays_completed",
        table="enrollment_enrollment",
        on="UPDATE",
        forbidden="OLD.completed_at IS NOT NULL AND (NEW.completed_at IS NULL"
        " OR NEW.completed_at <> OLD.completed_at OR NEW.status <> OLD.status)",
    ),
    Guard(
        name="progress_never_goes_back",
        table="enrollment_unitprogress",
        on="UPDATE",
        forbidden="OLD.completed_at IS NOT NULL AND"
        " (NEW.completed_at IS NULL OR NEW.completed_at <> OLD.completed_at)",
    ),
]
