"""Who: people, the organizations they belong to, and the programs that act for those."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from oauth2_provider.models import AbstractApplication

from lib.db_guards import Guard

ERASED_DOMAIN = "erased.invalid"
"""Of the addresses of those who were erased: nobody's, ever (RFC 2606)."""


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person. The address is a way to reach and recognize them, never who they are."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField("e-mail", unique=True)
    credential_name = models.CharField(
        "name on credentials",
        max_length=200,
        blank=True,
        help_text="As it should be printed, in your own script and order.",
    )
    language = models.CharField(
        "language of messages", max_length=10, blank=True, help_text="Empty: the site's own."
    )
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when the row says nothing of a person.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    email__endswith=f"@{ERASED_DOMAIN}",
                    credential_name="",
                    language="",
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                    last_login=None,
                ),
                name="user_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        if self.erased_at:
            return _("Erased person")
        return self.credential_name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def curated_by(self, user: User) -> OrganizationQuerySet:
        """The organizations whose catalog this person may edit."""
        if user.is_superuser:
            return self
        return self.filter(
            memberships__user=user, memberships__role=Membership.Role.CURATOR
        ).distinct()


class Organization(models.Model):
    """Provides, awards or employs; one may do all three (Open Badges 3.0 ``Profile``)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=200, unique=True, null=True, blank=True)
    slug = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    url = models.URLField("website", blank=True)
    email = models.EmailField(blank=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="Two letters, ISO 3166-1: US, DE, IN."
    )
    is_provider = models.BooleanField(default=False)
    is_awarding_body = models.BooleanField(default=False)
    is_employer = models.BooleanField(default=False)
    is_platform = models.BooleanField(
        default=False,
        editable=False,
        help_text="The site itself, which signs what belongs to no awarding body.",
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(name=""), name="organization_has_slug_and_name"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="organization_country_two_letters",
            ),
            models.UniqueConstraint(
                fields=["is_platform"],
                condition=Q(is_platform=True),
                name="organization_one_platform",
            ),
            # Its identifier is the site's own address, and no badge names that as its issuer.
            models.CheckConstraint(
                condition=Q(is_platform=False) | Q(is_awarding_body=False),
                name="organization_platform_awards_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        CURATOR = "curator"
        INSTRUCTOR = "instructor"
        REVIEWER = "reviewer"
        HR = "hr", "HR"
        EMPLOYEE = "employee"

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"], name="membership_once_per_role"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["curator", "instructor", "reviewer", "hr", "employee"]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.organization}"


class ApiClient(AbstractApplication):
    """An OAuth 2.0 client: a program that acts for one organization (RFC 6749 §4.4).

    Apps that people connect have none: they have registered themselves (``wallets``).
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="api_clients", null=True, blank=True
    )

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        verbose_name = "API client"


GUARDS = [
    Guard(
        name="user_erased_stays_erased",
        table="accounts_user",
        on="UPDATE",
        forbidden="OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL"
        " OR NEW.erased_at <> OLD.erased_at OR NEW.email <> OLD.email)",
    ),
]
