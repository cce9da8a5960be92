"""Who is on the way to what, by which version of its rule."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Achievement, AchievementVersion
from credentials.models.awards import Award
from lib.db_guards import Guard


class PursuitQuerySet(models.QuerySet["Pursuit"]):
    def under_way(self, learner: User) -> PursuitQuerySet:
        """What this learner follows or has begun, and does not hold."""
        held = learner.awards.filter(revoked_at=None).values("achievement")
        mine = self.filter(learner=learner).exclude(achievement__in=held)
        return mine.select_related("achievement__course", "achievement__track").order_by("pk")

    def without_award(self) -> PursuitQuerySet:
        """Of those who do not hold the award."""
        held = Award.objects.standing().filter(
            learner=models.OuterRef("learner"), achievement=models.OuterRef("achievement")
        )
        return self.filter(~models.Exists(held))


class Pursuit(models.Model):
    """The version that a learner has joined, which goes on counting when a newer one comes.

    Made when the learner chooses to follow a track, and for all who are under way when another
    version is published. Whoever meets the newest version is awarded by that.
    """

    # ``pursuit_once`` is an index that begins with it.
    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="pursuits")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="pursuits")
    version = models.ForeignKey(AchievementVersion, models.PROTECT, related_name="pursuits")
    joined_at = models.DateTimeField()
    is_chosen = models.BooleanField(default=False, help_text="The learner follows the track.")

    objects = PursuitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "achievement"], name="pursuit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.version}"


class Refusal(models.Model):
    """A curator has decided that a learner is not awarded this, whatever the rule says."""

    learner = models.ForeignKey(User, models.PROTECT, related_name="refusals")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="refusals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    refused_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-refused_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "achievement"],
                condition=Q(lifted_at=None),
                name="refusal_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="refusal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="refusal_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.achievement} refused to {self.learner}"


GUARDS = [
    Guard(
        name=f"pursuit_of_its_own_published_version_{event.lower()}",
        table="credentials_pursuit",
        on=event,
        forbidden="NOT EXISTS (SELECT 1 FROM catalog_achievementversion v"
        " WHERE v.id = NEW.version_id AND v.achievement_id = NEW.achievement_id"
        " AND v.published_at IS NOT NULL)",
    )
    for event in ("INSERT", "UPDATE")
]
