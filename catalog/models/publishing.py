"""What courses and tracks have in common: being found, and being published."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft"
    REVIEW = "review", "in review"
    PUBLISHED = "published"
    RETIRED = "retired"


class Field(models.TextChoices):
    """The subject that a learner browses by."""

    AI = "ai", _("AI and machine learning")
    DATA = "data", _("Data")
    SOFTWARE = "software", _("Software")
    CLOUD = "cloud", _("Cloud and infrastructure")
    SECURITY = "security", _("Security")
    FINANCE = "finance", _("Finance")
    LEADERSHIP = "leadership", _("Leadership")
    SUSTAINABILITY = "sustainability", _("Sustainability")
    OTHER = "other", _("Other")


M = TypeVar("M", bound=models.Model)


class PublishableQuerySet(models.QuerySet[M]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def public(self) -> Self:
        """Those with a page that everybody can see: what was retired keeps its page."""
        return self.filter(status__in=Publishable.PUBLIC)


class Publishable(models.Model):
    PUBLIC: ClassVar = (Status.PUBLISHED, Status.RETIRED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        help_text="The name that an import knows this by.",
    )
    slug = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True, help_text="Markdown.")
    field = models.CharField(max_length=20, choices=Field.choices, default=Field.OTHER)
    language = models.CharField(
        max_length=35, default="en", help_text="A BCP 47 tag: en, de, zh-Hant."
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField("handed in", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="handed in by",
    )
    publish_at = models.DateTimeField(
        "to be published", null=True, blank=True, editable=False, db_index=True
    )
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(slug=""), name="%(class)s_has_title_and_slug"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="%(class)s_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.REVIEW])
                | Q(published_at__isnull=False),
                name="%(class)s_published_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REVIEW) | Q(submitted_at__isnull=False),
                name="%(class)s_in_review_since_a_time",
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None) | Q(status__in=[Status.REVIEW, Status.PUBLISHED]),
                name="%(class)s_scheduled_in_review_or_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        """Whether its page can be seen: what was retired keeps its page."""
        return self.status in self.PUBLIC

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED
