"""Skills of a published framework; ESCO unless an importer brings another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Skill(models.Model):
    """A node of a framework, known by its concept URI (Open Badges 3.0 ``Alignment`` target)."""

    uri = models.CharField("URI", max_length=300, unique=True)
    label = models.CharField(max_length=200)
    description = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["label"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(uri="") & ~Q(label=""), name="skill_has_uri_and_label"
            )
        ]

    def __str__(self) -> str:
        return self.label
