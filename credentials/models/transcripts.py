"""Transcripts: what a learner chose of their credentials, signed as one document."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from credentials.models.credentials import Credential
from credentials.models.keys import SigningKey
from lib.db_guards import Guard


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    def kept(self) -> TranscriptQuerySet:
        return self.filter(deleted_at=None)

    def due(self) -> TranscriptQuerySet:
        """Those that a worker is to sign now."""
        return self.kept().filter(signed_at=None, failure="")


class Transcript(models.Model):
    """A ``ClrCredential`` (CLR 2.0), asked for by the row and signed by a worker, once.

    ``document`` carries the embedded proof, ``token`` says the same as a JWT.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.PROTECT, related_name="transcripts")
    name = models.CharField(max_length=200)
    is_partial = models.BooleanField(help_text="The learner had more, and did not choose it.")
    visibility = models.CharField(
        max_length=8,
        choices=Credential.Visibility.choices,
        default=Credential.Visibility.OFF,
    )
    requested_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    key = models.ForeignKey(SigningKey, models.PROTECT, null=True, related_name="transcripts")
    document = models.BinaryField(default=b"", editable=False)
    jwt_key = models.ForeignKey(SigningKey, models.PROTECT, null=True, related_name="+")
    token = models.BinaryField(default=b"", editable=False)
    recipient_name = models.CharField(max_length=200, blank=True)
    failure = models.CharField(max_length=500, blank=True, help_text="Why it cannot be signed.")
    deleted_at = models.DateTimeField(
        null=True, help_text="Since when nothing is left of it but its address."
    )
    credentials = models.ManyToManyField(Credential, through="TranscriptEntry", related_name="+")

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"],
                condition=Q(signed_at=None, deleted_at=None),
                name="transcript_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_at=None, key=None, jwt_key=None, document=b"", token=b"")
                | Q(signed_at__isnull=False, key__isnull=False, jwt_key__isnull=False, failure="")
                & (Q(deleted_at__isnull=False) | ~Q(document=b"") & ~Q(token=b"")),
                name="transcript_signed_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None)
                | Q(name="", recipient_name="", failure="", document=b"", token=b""),
                name="transcript_deleted_says_nothing",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Credential.Visibility.values),
                name="transcript_visibility_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("credentials:transcript", args=[self.public_id])


class TranscriptEntry(models.Model):
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="entries")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="transcript_entries")

    class Meta:
        verbose_name_plural = "transcript entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transcript", "credential"], name="transcript_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id}: {self.credential_id}"


GUARDS = [
    Guard(
        name="transcript_document_never_changes",
        table="credentials_transcript",
        on="UPDATE",
        # But for being deleted, once and for good.
        forbidden="OLD.signed_at IS NOT NULL AND NEW.deleted_at IS NULL"
        " AND (NEW.document <> OLD.document OR NEW.token <> OLD.token"
        " OR NEW.key_id <> OLD.key_id OR NEW.signed_at <> OLD.signed_at)"
        " OR OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL"
        " OR NEW.learner_id <> OLD.learner_id",
    ),
]
