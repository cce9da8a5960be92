"""What the last independent evaluation of all rules said of the awards."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Achievement
from credentials.models.awards import Award

LEASE = datetime.timedelta(minutes=15)
MOST_TRIES = 3


class ReconcileRequestQuerySet(models.QuerySet["ReconcileRequest"]):
    def waiting(self, *, at: datetime.datetime) -> ReconcileRequestQuerySet:
        """To be answered, or in the hands of a worker; not those that were given up."""
        return self.filter(Q(tries__lt=MOST_TRIES) | Q(taken_at__gt=at - LEASE))

    def due(self, *, at: datetime.datetime) -> ReconcileRequestQuerySet:
        """In nobody's hands."""
        is_free = Q(taken_at=None) | Q(taken_at__lte=at - LEASE)
        return self.filter(is_free, tries__lt=MOST_TRIES)


class ReconcileRequest(models.Model):
    """Somebody wants to know at once, not at night. Gone once a run that began later is done."""

    requested_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = ReconcileRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M} UTC"


class ReconcileRun(models.Model):
    """Everything was judged anew, and compared with the awards that stand."""

    at = models.DateTimeField()
    learners = models.PositiveIntegerField(help_text="Who have anything that rules may name.")
    awards = models.PositiveIntegerField(help_text="That stand, and were made by a rule.")
    found = models.PositiveIntegerField(help_text="What does not agree, listed or not.")
    repaired = models.PositiveIntegerField(
        default=0, help_text="Missing awards whose learners were put in the queue to be judged."
    )

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} UTC: {self.found} found"

    @property
    def remaining(self) -> int:
        """What waits for a person."""
        return self.found - self.repaired


class Drift(models.Model):
    """An award that is missing, or that should not be as it is."""

    class Kind(models.TextChoices):
        MISSING = "missing", "not awarded, though the rule is met"
        SURPLUS = "surplus", "awarded, though nothing holds it up"
        WRONG_VERSION = "version", "awarded by a version that did not apply"

    run = models.ForeignKey(ReconcileRun, models.CASCADE, related_name="drifts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    learner = models.ForeignKey(User, models.CASCADE, related_name="drifts")
    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="+")
    award = models.ForeignKey(Award, models.CASCADE, null=True, related_name="drifts")
    reason = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="missing", award=None)
                | Q(kind__in=["surplus", "version"], award__isnull=False),
                name="drift_names_its_award",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.learner}"
