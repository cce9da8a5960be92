"""Bitstring Status Lists (W3C): one bit per credential that says whether it is revoked."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization

LIST_LENGTH = 131_072
"""Places of one list: the minimum of Bitstring Status List §6.1, for herd privacy."""


class StatusListQuerySet(models.QuerySet["StatusList"]):
    def due(self) -> StatusListQuerySet:
        """Lists whose signed document does not yet say what the rows say."""
        return self.exclude(signed_changes=F("changes"))


class StatusList(models.Model):
    """Its document is signed again by a worker whenever ``changes`` has moved on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    places_taken = models.PositiveIntegerField(default=0)
    changes = models.PositiveBigIntegerField(default=1)
    signed_changes = models.PositiveBigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    document = models.BinaryField(default=b"", editable=False)

    objects = StatusListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="status_list_number_once"
            ),
            models.CheckConstraint(
                condition=Q(places_taken__lte=LIST_LENGTH), name="status_list_not_overfull"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: list {self.number}"
