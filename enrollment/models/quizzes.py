"""What a learner has answered in quizzes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models import Choice, Question, Unit
from enrollment.models.enrollments import Enrollment


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
