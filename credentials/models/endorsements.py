"""Endorsements: what one organization says for another one, or for what that awards."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from catalog.models import Achievement
from credentials.models.keys import SigningKey
from credentials.models.status_lists import LIST_LENGTH, StatusList
from lib.db_guards import Guard


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def standing(self) -> EndorsementQuerySet:
        """Those that are signed and not taken back."""
        return self.filter(signed_at__isnull=False, revoked_at=None)

    def due(self) -> EndorsementQuerySet:
        """Those that a worker is to sign now."""
        return self.filter(published_at__isnull=False, signed_at=None, revoked_at=None, failure="")


class Endorsement(models.Model):
    """An ``EndorsementCredential`` (Open Badges 3.0): a draft, then published and signed once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endorser = models.ForeignKey(
        Organization, models.PROTECT, related_name="endorsements_made", help_text="Who says it."
    )
    achievement = models.ForeignKey(
        Achievement, models.PROTECT, null=True, blank=True, related_name="endorsements"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="endorsements"
    )
    comment = models.TextField(
        max_length=2000, help_text="Why you vouch for it, for everybody to read."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    key = models.ForeignKey(
        SigningKey, models.PROTECT, null=True, blank=True, related_name="endorsements"
    )
    document = models.BinaryField(default=b"", editable=False)
    status_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="endorsements"
    )
    status_index = models.PositiveIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, help_text="Why it cannot be signed.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revocation_reason = models.CharField(max_length=500, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(achievement=None, organization__isnull=False)
                | Q(achievement__isnull=False, organization=None),
                name="endorsement_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(organization=None) | ~Q(organization=F("endorser")),
                name="endorsement_not_of_oneself",
            ),
            models.CheckConstraint(condition=~Q(comment=""), name="endorsement_says_something"),
            models.CheckConstraint(
                condition=Q(signed_at=None, key=None, document=b"", status_list=None)
                & Q(status_index=None)
                | Q(published_at__isnull=False, signed_at__isnull=False, key__isnull=False)
                & Q(status_list__isnull=False, status_index__lt=LIST_LENGTH)
                & ~Q(document=b""),
                name="endorsement_signed_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="endorsement_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revocation_reason="")
                | Q(revoked_at__isnull=False, published_at__isnull=False)
                & ~Q(revocation_reason=""),
                name="endorsement_revoked_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="endorsement_status_index_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endorser} for {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:endorsement", args=[self.public_id])

    @property
    def subject(self) -> Achievement | Organization:
        """What is endorsed."""
        found = self.achievement or self.organization
        assert found is not None
        return found


GUARDS = [
    Guard(
        name="endorsement_fixed_once_published",
        table="credentials_endorsement",
        on="UPDATE",
        forbidden="OLD.published_at IS NOT NULL AND (NEW.published_at IS NULL"
        " OR NEW.comment <> OLD.comment OR NEW.endorser_id <> OLD.endorser_id"
        " OR COALESCE(NEW.achievement_id, 0) <> COALESCE(OLD.achievement_id, 0)"
        " OR COALESCE(NEW.organization_id, 0) <> COALESCE(OLD.organization_id, 0))",
    ),
    Guard(
        name="endorsement_document_never_changes",
        table="credentials_endorsement",
        on="UPDATE",
        forbidden="OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL"
        " OR NEW.document <> OLD.document OR NEW.key_id <> OLD.key_id"
        " OR NEW.status_list_id <> OLD.status_list_id"
        " OR NEW.status_index <> OLD.status_index)"
        " OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL",
    ),
    Guard(
        name="endorsement_kept_once_published",
        table="credentials_endorsement",
        on="DELETE",
        forbidden="OLD.published_at IS NOT NULL",
    ),
]
