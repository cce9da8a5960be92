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
    """An Ed25519 key pair; the private half is stored sealed (``credentials.keys``)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="signing_keys")
    fragment = models.CharField(max_length=40, help_text="The part of its id after the #.")
    public_key_multibase = models.CharField(max_length=100, unique=True)
    sealed_private_key = models.BinaryField(editable=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(retired_at=None),
                name="signing_key_one_active_per_organization",
            ),
            models.UniqueConstraint(
                fields=["organization", "fragment"], name="signing_key_fragment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}#{self.fragment}"
