"""Attempts at quizzes: what was asked, what was answered, what that was worth."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models import Quiz, Unit
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard

GRACE = datetime.timedelta(seconds=30)
"""A slow network takes nobody's answers: so long after the end they are still accepted."""


class QuizVersion(models.Model):
    """A quiz as it was when somebody began it, known by what it says."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="quiz_versions")
    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "digest"], name="quiz_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.digest[:8]}"


class QuizAttemptQuerySet(models.QuerySet["QuizAttempt"]):
    def under_way(self) -> QuizAttemptQuerySet:
        return self.filter(submitted_at=None)

    def handed_in(self) -> QuizAttemptQuerySet:
        return self.filter(submitted_at__isnull=False)

    def overdue(self, at: datetime.datetime) -> QuizAttemptQuerySet:
        """Those whose time is up, and which nobody has handed in."""
        return self.under_way().filter(due_at__lt=at - GRACE)


class QuizAttempt(models.Model):
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="attempts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="attempts")
    version = models.ForeignKey(QuizVersion, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="When its time is up.")
    counts = models.CharField(max_length=4, choices=Quiz.Counts.choices, default=Quiz.Counts.BEST)
    submitted_at = models.DateTimeField(null=True, blank=True)
    is_timed_out = models.BooleanField(default=False, help_text="Ended by the clock.")
    score = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )
    is_passed = models.BooleanField(default=False)

    objects = QuizAttemptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(submitted_at=None, due_at__isnull=False),
                name="attempt_running_out",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrollment", "unit", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "unit"],
                condition=Q(submitted_at=None),
                name="attempt_one_under_way",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_number_from_1"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=F("started_at")),
                name="attempt_has_some_time",
            ),
            models.CheckConstraint(
                condition=Q(counts__in=["best", "last"]), name="attempt_counts_known"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, score=None, is_passed=False, is_timed_out=False)
                # Said apart, because a comparison with NULL does not fail a CHECK.
                | Q(submitted_at__isnull=False, score__isnull=False, score__gte=0, score__lte=100),
                name="attempt_handed_in_with_a_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.number}"

    @property
    def is_under_way(self) -> bool:
        return self.submitted_at is None

    def is_overdue(self, at: datetime.datetime) -> bool:
        return self.is_under_way and self.due_at is not None and at > self.due_at + GRACE


class Answer(models.Model):
    """A question of an attempt, as it was laid out, and what was answered."""

    attempt = models.ForeignKey(QuizAttempt, models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField(help_text="As counted on the page.")
    question_id = models.BigIntegerField(help_text="Its id in the attempt's version.")
    question = models.TextField(help_text="As it was asked.")
    layout = models.JSONField(help_text="Ids of what is chosen from, in the order shown.")
    response = models.JSONField(null=True, blank=True)
    said = models.TextField(blank=True, help_text="The response in words.")
    saved_at = models.DateTimeField(null=True, blank=True)
    credit = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True, help_text="0 to 1, once graded."
    )

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "number"], name="answer_number_once"),
            models.UniqueConstraint(fields=["attempt", "question_id"], name="answer_question_once"),
            models.CheckConstraint(
                condition=Q(credit=None) | Q(credit__gte=0, credit__lte=1),
                name="answer_credit_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.number}"


GUARDS = [
    Guard(
        name="quiz_version_never_changes",
        table="enrollment_quizversion",
        on="UPDATE",
        forbidden="1 = 1",
    ),
    Guard(
        name="attempt_keeps_what_it_asks",
        table="enrollment_quizattempt",
        on="UPDATE",
        forbidden="NEW.version_id <> OLD.version_id OR NEW.started_at <> OLD.started_at"
        " OR NEW.number <> OLD.number",
    ),
    Guard(
        name="attempt_handed_in_stays_as_it_is",
        table="enrollment_quizattempt",
        on="UPDATE",
        forbidden="OLD.submitted_at IS NOT NULL",
    ),
    Guard(
        name="answer_stays_after_handing_in",
        table="enrollment_answer",
        on="UPDATE",
        forbidden="(SELECT a.submitted_at FROM enrollment_quizattempt a WHERE a.id ="
        " OLD.attempt_id) IS NOT NULL",
    ),
]
