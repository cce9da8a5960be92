"""Occupations of a published framework, and the skills that each needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from catalog.models.concepts import Concept, ConceptQuerySet
from catalog.models.skills import Skill


class OccupationQuerySet(ConceptQuerySet["Occupation"]):
    def needing(self, skill: Skill) -> OccupationQuerySet:
        return self.filter(occupation_skills__skill=skill)


class Occupation(Concept):
    isco08 = models.CharField(
        "ISCO-08",
        max_length=4,
        blank=True,
        help_text="Unit group of the International Standard Classification of Occupations.",
    )
    skills = models.ManyToManyField(Skill, through="OccupationSkill", related_name="occupations")

    objects = OccupationQuerySet.as_manager()

    class Meta(Concept.Meta):
        constraints: ClassVar = [
            *Concept.Meta.constraints,
            models.CheckConstraint(
                condition=Q(isco08="") | Q(isco08__regex=r"^[0-9]{4}$"),
                name="occupation_isco08_four_digits",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("catalog:occupation", args=[self.public_id])


class OccupationSkill(models.Model):
    class Relation(models.TextChoices):
        ESSENTIAL = "essential"
        OPTIONAL = "optional"

    # The unique constraint begins with it: an index of its own would only slow imports down.
    occupation = models.ForeignKey(
        Occupation, models.CASCADE, related_name="occupation_skills", db_index=False
    )
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="occupation_skills")
    relation = models.CharField(max_length=9, choices=Relation.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["occupation", "skill"], name="occupation_skill_once"),
            models.CheckConstraint(
                condition=Q(relation__in=["essential", "optional"]),
                name="occupation_skill_relation_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occupation}: {self.skill} ({self.relation})"
