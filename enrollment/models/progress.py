"""How far a learner is in the units."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalog.models import Unit
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard


class UnitProgress(models.Model):
    """A learner has opened a unit, and perhaps finished it.

    Never goes back; evidence that comes late may show that it was earlier.
    """

    # The unique constraint's index begins with it.
    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="progress", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    seconds_spent = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When time was last counted for this unit."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrollment", "unit"], name="progress_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}/{self.unit_id}"


GUARDS = [
    Guard(
        name="progress_never_goes_back",
        table="enrollment_unitprogress",
        on="UPDATE",
        forbidden="OLD.completed_at IS NOT NULL AND"
        " (NEW.completed_at IS NULL OR NEW.completed_at > OLD.completed_at)",
    ),
]
