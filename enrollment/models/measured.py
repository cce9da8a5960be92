"""How long a course takes in fact."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models import Course

LEAST_LEARNERS = 20
"""Fewer say little of a course, and too much of a learner."""


class MeasuredTime(models.Model):
    """The time that learners spent who finished the course; made again when more have finished."""

    course = models.OneToOneField(Course, models.CASCADE, related_name="measured_time")
    finished = models.PositiveIntegerField(help_text="How many had finished when it was made.")
    learners = models.PositiveIntegerField(help_text="Of how many of them the time was measured.")
    median_minutes = models.PositiveIntegerField(null=True)
    p80_minutes = models.PositiveIntegerField(
        "80th percentile", null=True, help_text="Four of five learners needed at most this long."
    )
    measured_at = models.DateTimeField()

    class Meta:
        verbose_name = "time that a course takes"
        verbose_name_plural = "time that courses take"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    learners__gte=LEAST_LEARNERS,
                    median_minutes__isnull=False,
                    p80_minutes__isnull=False,
                    median_minutes__lte=F("p80_minutes"),
                )
                | Q(learners__lt=LEAST_LEARNERS, median_minutes=None, p80_minutes=None),
                name="measured_time_of_enough_learners",
            ),
        ]

    def __str__(self) -> str:
        return str(self.course)
