"""Courses and units in other languages than the one they were written in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models.courses import Course, Unit


class CourseTranslation(models.Model):
    """What is empty here is shown in the course's own language."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="translations")
    language = models.CharField(max_length=35, help_text="A BCP 47 tag: en, de, zh-Hant.")
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True, help_text="Markdown.")
    prerequisites = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "language"], name="course_translation_once_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(language=""), name="course_translation_has_a_title"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class UnitTranslation(models.Model):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="translations")
    language = models.CharField(max_length=35, help_text="A BCP 47 tag: en, de, zh-Hant.")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, help_text="Markdown.")

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "language"], name="unit_translation_once_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(language=""), name="unit_translation_has_a_title"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
