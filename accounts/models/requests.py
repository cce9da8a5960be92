"""What people may ask for by law: a copy of what is held about them, and to be forgotten.

Rows that say work is due: a worker that is killed leaves them due again.
"""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from lib.private_storage import PrivateStorage


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def due(self, *, at: datetime.datetime) -> DataExportQuerySet:
        return self.filter(made_at=None, due_at__lte=at)

    def ready(self, *, at: datetime.datetime) -> DataExportQuerySet:
        """Those that can be downloaded."""
        return self.filter(expires_at__gt=at)


def archive_name(instance: DataExport, filename: str) -> str:
    return f"exports/{instance.public_id.hex}.zip"


class DataExport(models.Model):
    """A person asks for all that is held about them (GDPR, articles 15 and 20)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not to be made before; moved on by workers.")
    failures = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="When the file is deleted.")
    file = models.FileField(storage=PrivateStorage(), upload_to=archive_name, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")

    objects = DataExportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(made_at=None), name="export_one_waiting_per_person"
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, expires_at=None, file="")
                | (Q(made_at__isnull=False, expires_at__isnull=False) & ~Q(file="")),
                name="export_made_has_a_file_that_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def due(self, *, at: datetime.datetime) -> ErasureQuerySet:
        return self.filter(done_at=None, due_at__lte=at)


class Erasure(models.Model):
    """A person is to be forgotten (GDPR, article 17): first all rows at once, then the files.

    ``files`` are those whose rows are gone and that have still to be deleted from the storage.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="erasure")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not to be tried before; moved on by workers.")
    failures = models.PositiveIntegerField(default=0)
    rows_erased_at = models.DateTimeField(null=True)
    files = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(rows_erased_at__isnull=False),
                name="erasure_done_after_its_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
