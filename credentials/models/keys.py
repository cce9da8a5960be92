"""The keys that awarding organizations sign with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Organization


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def active(self) -> SigningKeyQuerySet:
        return self.filter(retired_at=None)


class SigningKey(models.Model):
    """A key pair. Its private half is stored sealed, or never leaves a device (``keys``)."""

    class Kind(models.TextChoices):
        ED25519 = "Ed25519", "Ed25519: embedded proofs"
        P256 = "P-256", "P-256: JWTs"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="signing_keys")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ED25519)
    fragment = models.CharField(max_length=40, help_text="The part of its id after the #.")
    public_key_multibase = models.CharField(max_length=100, unique=True)
    sealed_private_key = models.BinaryField(default=b"", editable=False)
    device_label = models.CharField(
        max_length=100, blank=True, help_text="Its name in the PKCS#11 device that holds it."
    )
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    distrusted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then nothing that it signed is accepted."
    )

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(retired_at=None),
                name="signing_key_one_active_per_kind",
            ),
            models.UniqueConstraint(
                fields=["organization", "fragment"], name="signing_key_fragment_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["Ed25519", "P-256"]), name="signing_key_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(device_label="") & ~Q(sealed_private_key=b"")
                | ~Q(device_label="") & Q(sealed_private_key=b""),
                name="signing_key_sealed_or_in_a_device",
            ),
            models.CheckConstraint(
                condition=Q(distrusted_at=None) | Q(retired_at__isnull=False),
                name="signing_key_distrusted_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}#{self.fragment}"
