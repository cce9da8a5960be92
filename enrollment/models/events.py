"""What other systems say of a learner's progress: each event once, as it came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models import Unit
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard


class ProgressEvent(models.Model):
    """An event is known by its source and the id that it has there, however often it arrives."""

    class Verb(models.TextChoices):
        """Those of xAPI (ADL vocabulary) that say something about progress."""

        INITIALIZED = "initialized"
        COMPLETED = "completed"
        PASSED = "passed"
        FAILED = "failed"

    DONE: ClassVar = (Verb.COMPLETED, Verb.PASSED)

    source = models.CharField(max_length=100)
    event_id = models.CharField(max_length=200)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="events")
    # Never looked up by its unit alone.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    verb = models.CharField(max_length=12, choices=Verb.choices)
    score = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )
    at = models.DateTimeField(help_text="When it happened, as the source says.")
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "event_id"], name="event_once_per_source"),
            models.CheckConstraint(
                condition=Q(verb__in=["initialized", "completed", "passed", "failed"]),
                name="event_verb_known",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="event_score_0_to_100",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(event_id=""), name="event_has_an_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}: {self.verb}"


GUARDS = [
    Guard(
        name="event_is_never_changed",
        table="enrollment_progressevent",
        on="UPDATE",
        forbidden="NEW.source <> OLD.source OR NEW.event_id <> OLD.event_id"
        " OR NEW.verb <> OLD.verb OR NEW.at <> OLD.at OR NEW.enrollment_id <> OLD.enrollment_id",
    ),
]
