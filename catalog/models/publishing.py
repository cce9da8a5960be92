"""What courses and tracks have in common: being found, and being published."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Field(models.TextChoices):
    """The subject that a learner browses by."""

    AI = "ai", "AI and machine learning"
    DATA = "data", "Data"
    SOFTWARE = "software", "Software"
    CLOUD = "cloud", "Cloud and infrastructure"
    SECURITY = "security", "Security"
    FINANCE = "finance", "Finance"
    LEADERSHIP = "leadership", "Leadership"
    SUSTAINABILITY = "sustainability", "Sustainability"
    OTHER = "other", "Other"


M = TypeVar("M", bound=models.Model)


class PublishableQuerySet(models.QuerySet[M]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)


class Publishable(models.Model):
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
                condition=Q(status=Status.DRAFT) | Q(published_at__isnull=False),
                name="%(class)s_published_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED
