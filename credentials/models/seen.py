"""How often credentials are looked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from credentials.models.credentials import Credential


class ViewCount(models.Model):
    """How often others opened a credential's page on one day; nothing is kept of who they were."""

    credential = models.ForeignKey(
        Credential, models.CASCADE, db_index=False, related_name="view_counts"
    )
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["credential", "day"], name="view_count_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.count} on {self.day}"
