"""Recognized prior learning: what somebody has learned elsewhere, and what it counts as here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Organization, User
from catalog.models import Course, OutcomeLevel, Skill


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def standing(self) -> RecognitionQuerySet:
        return self.filter(withdrawn_at=None)


class Recognition(models.Model):
    """A reviewer has found that the learner can do what a course teaches, or has a skill.

    It satisfies only leaves that allow prior learning. ``organization`` is the one that recognizes
    it, and so what a leaf looks at that asks for an issuer: none satisfies no such leaf. ``until``
    is when it stops counting.
    """

    learner = models.ForeignKey(User, models.PROTECT, related_name="recognitions")
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="recognitions"
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="recognitions"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="recognitions"
    )
    level = models.CharField(max_length=16, choices=OutcomeLevel.choices, blank=True)
    grade = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )
    recognized_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-recognized_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course__isnull=False, skill=None, level="")
                | Q(course=None, skill__isnull=False, level__in=["", *OutcomeLevel.values]),
                name="recognition_of_a_course_or_a_skill",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recognition_has_a_reason"),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100),
                name="recognition_grade_0_to_100",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")),
                name="recognition_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} for {self.learner}"

    @property
    def subject(self) -> Course | Skill:
        """What it counts as."""
        found = self.course or self.skill
        assert found is not None
        return found
