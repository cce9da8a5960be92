"""How much of the revocation journal this database knows."""

from __future__ import annotations

from django.db import models


class JournalPosition(models.Model):
    """The journal's first ``bytes`` are in these rows. A restored backup has an older position."""

    bytes = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bytes} bytes"
