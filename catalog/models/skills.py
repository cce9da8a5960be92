"""Skills of a published framework; ESCO unless an importer brings another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from catalog.models.concepts import Concept, ConceptQuerySet


class SkillQuerySet(ConceptQuerySet["Skill"]):
    pass


class Skill(Concept):
    """What a course teaches and an occupation needs (Open Badges 3.0 ``Alignment`` target)."""

    class Kind(models.TextChoices):
        """What ESCO says of it; empty for a skill that no release of ESCO has brought."""

        SKILL = "skill"
        KNOWLEDGE = "knowledge"
        LANGUAGE = "language"
        TRANSVERSAL = "transversal", "Transversal skill"

    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta(Concept.Meta):
        constraints: ClassVar = [
            *Concept.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=["", "skill", "knowledge", "language", "transversal"]),
                name="skill_kind_known",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("catalog:skill", args=[self.public_id])

    @property
    def is_of_a_release(self) -> bool:
        """Whether a release of its framework brought it, and not a catalog file or a person."""
        return bool(self.kind)
