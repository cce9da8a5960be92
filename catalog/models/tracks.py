"""Tracks: stackable credentials over courses and other tracks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from accounts.models import Organization
from catalog.models.publishing import Publishable, PublishableQuerySet


class TrackQuerySet(PublishableQuerySet["Track"]):
    pass


class Track(Publishable):
    """The page of a stackable credential; its achievement's version holds the rule."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="tracks")

    objects = TrackQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering: ClassVar = ["title"]

    def get_absolute_url(self) -> str:
        return reverse("catalog:track", args=[self.slug])
