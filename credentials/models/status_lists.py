"""Bitstring Status Lists (W3C): bits per credential that say whether it is revoked or suspended."""

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
        """Lists of which a signed document does not yet say what the rows say."""
        return self.exclude(
            signed_changes=F("changes"), signed_suspension_changes=F("suspension_changes")
        )


class StatusList(models.Model):
    """Places for credentials. Each place has a bit in two signed documents of equal length.

    A worker signs a document again whenever the ``changes`` to its bits have moved on.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    places_taken = models.PositiveIntegerField(default=0)
    changes = models.PositiveBigIntegerField(default=1)
    signed_changes = models.PositiveBigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    document = models.BinaryField(default=b"", editable=False)
    suspension_changes = models.PositiveBigIntegerField(default=1)
    signed_suspension_changes = models.PositiveBigIntegerField(default=0)
    suspensions_signed_at = models.DateTimeField(null=True)
    suspension_document = models.BinaryField(default=b"", editable=False)

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


class LostPlace(models.Model):
    """A place whose credential the database has lost, but which was revoked before.

    It comes from the revocation journal after a backup was restored that is older than the
    credential: the bit stays set, and nobody else gets the place.
    """

    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="lost_places")
    status_index = models.PositiveIntegerField()
    credential_public_id = models.UUIDField(unique=True)
    revoked_at = models.DateTimeField()
    revocation_reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="lost_place_once"),
            models.CheckConstraint(
                condition=Q(status_index__lt=LIST_LENGTH), name="lost_place_in_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status_list}, place {self.status_index}"
