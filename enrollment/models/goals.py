"""What a learner learns for."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from catalog.models import Occupation


class Goal(models.Model):
    """The occupation that a learner aims for; recommendations are made for it."""

    learner = models.OneToOneField(User, models.CASCADE, related_name="goal")
    occupation = models.ForeignKey(Occupation, models.CASCADE, related_name="goals")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.occupation)
