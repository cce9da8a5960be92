"""What was offered to wallets, what they fetched and brought, and the apps that people connect.

No secret is kept as it is, only digests.
"""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import ApiClient, User
from credentials.models import Credential

MAX_TRIES = 5


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self, *, at: datetime.datetime) -> OfferQuerySet:
        """Those whose code can still be redeemed."""
        return self.filter(redeemed_at=None, expires_at__gt=at, tries__lt=MAX_TRIES)


class Offer(models.Model):
    """A credential that its holder wants in a wallet (OpenID4VCI 1.0, pre-authorized code)."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="wallet_offers")
    code_digest = models.CharField(max_length=64, unique=True)
    transaction_code_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    redeemed_at = models.DateTimeField(null=True)
    token_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    token_expires_at = models.DateTimeField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "wallet offer"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__lte=MAX_TRIES), name="offer_tries_limited"),
            models.CheckConstraint(
                condition=Q(redeemed_at=None, token_digest=None, token_expires_at=None)
                | Q(
                    redeemed_at__isnull=False,
                    token_digest__isnull=False,
                    token_expires_at__isnull=False,
                ),
                name="offer_redeemed_for_a_token",
            ),
        ]

    def __str__(self) -> str:
        return f"offer of credential {self.credential_id}"


class Delivery(models.Model):
    """The credential as a wallet asked for it, and what the wallet said became of it."""

    class Configuration(models.TextChoices):
        """How it can be had: the names are those of the issuer's metadata."""

        EMBEDDED = "OpenBadgeCredential_ldp_vc"
        JWT = "OpenBadgeCredential_jwt_vc_json"

    class Event(models.TextChoices):
        ACCEPTED = "credential_accepted"
        FAILURE = "credential_failure"
        DELETED = "credential_deleted"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="deliveries")
    configuration = models.CharField(max_length=40, choices=Configuration.choices)
    asked_at = models.DateTimeField()
    delivered_at = models.DateTimeField(
        null=True, help_text="Empty: its JWT was not signed yet, and the wallet asks again."
    )
    event = models.CharField(max_length=20, choices=Event.choices, blank=True)
    event_at = models.DateTimeField(null=True)
    event_description = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "wallet delivery"
        verbose_name_plural = "wallet deliveries"
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "configuration"], name="delivery_once_per_configuration"
            ),
            models.CheckConstraint(
                condition=Q(event="", event_at=None, event_description="")
                | Q(
                    event__in=["credential_accepted", "credential_failure", "credential_deleted"],
                    event_at__isnull=False,
                    delivered_at__isnull=False,
                ),
                name="delivery_event_of_what_was_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.configuration} of offer {self.offer_id}"


class UsedNonce(models.Model):
    """A challenge that a key proof has answered: no other proof may answer it again."""

    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]


class RegisteredApp(models.Model):
    """An app that has registered itself (RFC 7591), in its own words: nobody here has checked them.

    Nobody is asked to trust it before they see who it says it is, and where it sends them back to.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.OneToOneField(ApiClient, models.CASCADE, related_name="registered_app")
    metadata = models.JSONField(help_text="What it registered, as it was told in return.")
    scope = models.TextField(help_text="What it may ask for at most.")
    registered_at = models.DateTimeField()
    first_allowed_at = models.DateTimeField(
        null=True, help_text="Empty: nobody has allowed it anything, and it goes after a day."
    )

    def __str__(self) -> str:
        return self.application.name


class BroughtBadge(models.Model):
    """An Open Badge of others that an app has brought to its holder, byte for byte."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.CASCADE, related_name="brought_badges")
    key = models.CharField(max_length=64, help_text="The same for the same badge, in any form.")
    source = models.TextField()
    is_jwt = models.BooleanField()
    name = models.CharField(max_length=200)
    issuer_name = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=20)
    issued_at = models.DateTimeField()
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=100, help_text="The app's name for itself.")

    class Meta:
        verbose_name = "badge of others"
        verbose_name_plural = "badges of others"
        ordering: ClassVar = ["issued_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "key"], name="brought_badge_once"),
            models.CheckConstraint(condition=~Q(source=""), name="brought_badge_is_something"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("wallets:badge", args=[self.public_id])
