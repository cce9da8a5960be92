"""What a learner says against not being awarded something, and what they were answered."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Achievement


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self) -> AppealQuerySet:
        return self.filter(answered_at=None)


class Appeal(models.Model):
    """A learner asks for an award that the rule, or a curator, does not give them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.PROTECT, related_name="appeals")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="appeals")
    text = models.TextField(max_length=4000)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    is_granted = models.BooleanField(null=True, help_text="Whether the answer was an award.")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "achievement"],
                condition=Q(answered_at=None),
                name="appeal_one_open",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="", is_granted=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, is_granted__isnull=False)
                & ~Q(answer=""),
                name="appeal_answered_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.achievement}"
