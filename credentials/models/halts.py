"""Issuing stopped at once, for one achievement or for all, until somebody lifts it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import Achievement


class HaltQuerySet(models.QuerySet["Halt"]):
    def in_force(self) -> HaltQuerySet:
        return self.filter(lifted_at=None)

    def of(self, achievement: models.F | models.OuterRef | Achievement) -> HaltQuerySet:
        """Those that this achievement is under, that of all achievements included."""
        return self.filter(Q(achievement=None) | Q(achievement=achievement))


class Halt(models.Model):
    """While it is in force, no credential of the achievement is signed. Judging goes on."""

    achievement = models.ForeignKey(
        Achievement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="halts",
        help_text="Empty: all of this installation.",
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = HaltQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                # NULL is like no other NULL: a number below all ids stands for "all".
                Coalesce("achievement", Value(0)),
                condition=Q(lifted_at=None),
                name="halt_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="halt_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="halt_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Halt of {self.achievement}" if self.achievement_id else "Halt of everything"
