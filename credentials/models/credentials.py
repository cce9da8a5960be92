"""The signed documents."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credentials.models.awards import Award
from credentials.models.keys import SigningKey
from credentials.models.status_lists import LIST_LENGTH, StatusList
from lib.db_guards import Guard


class CredentialQuerySet(models.QuerySet["Credential"]):
    def held_by(self, learner: User) -> CredentialQuerySet:
        return self.filter(award__learner=learner)

    def standing(self) -> CredentialQuerySet:
        return self.filter(revoked_at=None)

    def readable(self) -> CredentialQuerySet:
        """Those whose holder has not had them forgotten."""
        return self.filter(erased_at=None)

    def with_page_relations(self) -> CredentialQuerySet:
        return self.select_related(
            "award__learner",
            "award__version",
            "award__achievement__awarding_body",
            "award__achievement__course",
            "award__achievement__track",
        )


class Credential(models.Model):
    """An ``OpenBadgeCredential`` as it was signed: bytes that are never built again."""

    class Visibility(models.TextChoices):
        OFF = "off", _("Only me")
        LINK = "link", _("Anyone who has the link")
        PUBLIC = "public", _("Everyone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="credentials")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="credentials")
    document = models.BinaryField(editable=False)
    recipient_name = models.CharField(max_length=200)
    # Its places are unique, so there is an index that begins with it.
    status_list = models.ForeignKey(
        StatusList, models.PROTECT, db_index=False, related_name="credentials"
    )
    status_index = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.LINK)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=500, blank=True)
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="When its holder had it forgotten, bytes and name."
    )
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    suspension_reason = models.CharField(max_length=500, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        indexes: ClassVar = [
            # What signing a list reads: no more than the places that are set.
            models.Index(
                fields=["status_list", "status_index"],
                condition=Q(revoked_at__isnull=False),
                name="credential_revoked_places",
            ),
            models.Index(
                fields=["status_list", "status_index"],
                condition=Q(suspended_at__isnull=False),
                name="credential_suspended_places",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(revoked_at=None),
                name="credential_one_live_per_award",
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="credential_status_index_once"
            ),
            models.CheckConstraint(
                condition=Q(status_index__lt=LIST_LENGTH), name="credential_status_index_in_list"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="credential_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at=None, suspended_by=None, suspension_reason="")
                | (
                    Q(suspended_at__isnull=False, suspended_by__isnull=False)
                    & ~Q(suspension_reason="")
                ),
                name="credential_suspended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["off", "link", "public"]),
                name="credential_visibility_known",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(recipient_name=""),
                name="credential_erased_names_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award.version.name} for {self.recipient_name}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:credential", args=[self.public_id])

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def signed_grade(self) -> Decimal | None:
        """In percent, as the document says it: its award may state a corrected one by now."""
        results = json.loads(bytes(self.document))["credentialSubject"]["result"]
        return next((Decimal(one["value"]) for one in results if "value" in one), None)


class CredentialJwt(models.Model):
    """A credential as a VC-JWT, asked for by the row and signed by a worker, once."""

    credential = models.OneToOneField(Credential, models.PROTECT, related_name="jwt")
    requested_at = models.DateTimeField()
    key = models.ForeignKey(SigningKey, models.PROTECT, null=True, related_name="jwts")
    token = models.BinaryField(default=b"", editable=False)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"], condition=Q(signed_at=None), name="credential_jwt_due"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_at=None, key=None, token=b"")
                | (Q(signed_at__isnull=False, key__isnull=False) & ~Q(token=b"")),
                name="credential_jwt_signed_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"JWT of {self.credential_id}"


GUARDS = [
    Guard(
        name="credential_document_never_changes",
        table="credentials_credential",
        on="UPDATE",
        # But for being forgotten, once and for good.
        forbidden="NEW.document <> OLD.document"
        " AND NOT (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL"
        " AND length(NEW.document) = 0)"
        " OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL"
        " OR NEW.award_id <> OLD.award_id"
        " OR NEW.key_id <> OLD.key_id OR NEW.status_list_id <> OLD.status_list_id"
        " OR NEW.status_index <> OLD.status_index",
    ),
    Guard(
        name="credential_jwt_never_changes",
        table="credentials_credentialjwt",
        on="UPDATE",
        forbidden="OLD.signed_at IS NOT NULL AND (NEW.token <> OLD.token"
        " OR NEW.credential_id <> OLD.credential_id OR NEW.key_id <> OLD.key_id)",
    ),
    Guard(
        name="credential_revoked_stays_revoked",
        table="credentials_credential",
        on="UPDATE",
        forbidden="OLD.revoked_at IS NOT NULL AND"
        " (NEW.revoked_at IS NULL OR NEW.revoked_at <> OLD.revoked_at)",
    ),
]
