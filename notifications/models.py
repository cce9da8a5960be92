"""What people are told: each message once, here and by mail if they want it."""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Kind(models.TextChoices):
    ENROLLED = "enrolled", _("You are enrolled in a course")
    WAITLISTED = "waitlisted", _("You are on a waitlist")
    SEAT_OFFERED = "seat_offered", _("A seat is free for you")
    OFFER_LAPSED = "offer_lapsed", _("An offered seat has gone to somebody else")
    REQUEST_DECIDED = "request_decided", _("A request of yours was decided")
    STARTS_SOON = "starts_soon", _("A course starts soon")
    WORK_RETURNED = "work_returned", _("Work was returned to you")
    GRADED = "graded", _("Your work was graded")
    COMPLETED = "completed", _("You completed a course")
    CREDENTIAL_ISSUED = "credential_issued", _("You earned a credential")
    CREDENTIAL_EXPIRING = "credential_expiring", _("A credential expires soon")
    CREDENTIAL_REVOKED = "credential_revoked", _("A credential of yours was revoked")
    PRIOR_LEARNING = "prior_learning", _("Your prior learning was looked at")
    COHORT = "cohort", _("An instructor writes to a course")
    WITHDRAWN = "withdrawn", _("You have left a course")
    DATA_READY = "data_ready", _("The copy of your data is ready")


class Delivery(models.TextChoices):
    NOW = "now", _("By mail at once")
    DIGEST = "digest", _("By mail once a day")
    NONE = "none", _("Only here")


ESSENTIAL = frozenset({Kind.SEAT_OFFERED, Kind.REQUEST_DECIDED})
"""Always mailed: whoever misses one of these loses something."""


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, *, at: datetime.datetime) -> MessageQuerySet:
        """Messages that the mail server is to be given now."""
        return self.filter(sent_at=None, due_at__lte=at)

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)


class Message(models.Model):
    """One person is told one thing. ``sent_at`` empty with a ``due_at``: mail is due."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    key = models.CharField(
        max_length=200, unique=True, help_text="What happened: told only once, however often."
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    link = models.CharField(max_length=500, blank=True, help_text="A path of this site.")
    delivery = models.CharField(max_length=10, choices=Delivery.choices)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True, help_text="Not to be mailed before; moved on by workers and failures."
    )
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_failure = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, due_at__isnull=False),
                name="message_due",
            ),
            # Counted on every page of everybody who is signed in.
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="message_unread"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_known"),
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(subject=""), name="message_has_key_and_subject"
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^/([^/]|$)"),
                name="message_link_stays_on_the_site",
            ),
            models.CheckConstraint(
                condition=Q(delivery=Delivery.NONE, due_at=None)
                | Q(delivery__in=[Delivery.NOW, Delivery.DIGEST], due_at__isnull=False),
                name="message_due_unless_kept_here",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("notifications:message", args=[self.public_id])


class Preference(models.Model):
    """How a person wants to be told of one kind. Without a row: by mail at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="message_preferences")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(set(Kind) - ESSENTIAL)),
                name="preference_of_a_kind_that_can_be_switched_off",
            ),
            models.CheckConstraint(
                condition=Q(delivery__in=Delivery.values), name="preference_delivery_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"
