"""The sign of life that workers leave."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When the work of this name was last done by any worker."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
