"""Learners who may join a course without what it asks for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Course


class Exemption(models.Model):
    """A learner asks to be let in without the prerequisites, and a curator decides."""

    class Status(models.TextChoices):
        ASKED = "asked", "to be decided"
        GRANTED = "granted"
        REFUSED = "refused"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.CASCADE, related_name="exemptions")
    course = models.ForeignKey(Course, models.CASCADE, related_name="exemptions")
    reason = models.TextField(max_length=2000, help_text="What the learner knows, and from where.")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True, help_text="For the learner.")

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "course"],
                condition=Q(status__in=["asked", "granted"]),
                name="exemption_asked_or_granted_once",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at=None)
                | Q(status__in=["granted", "refused"], decided_at__isnull=False),
                name="exemption_decided_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.course}"
