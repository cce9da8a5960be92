"""What a course asks for beforehand: a rule like that of a track, and it may ask for skills."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models.achievements import Achievement, RuleNode
from catalog.models.courses import Course
from catalog.models.skills import Skill


class Prerequisite(models.Model):
    """One node of a course's rule, numbered in preorder like those of a ``RuleNode`` tree."""

    SKILL: ClassVar = "skill"
    OPERATORS: ClassVar = [*RuleNode.Operator.choices, (SKILL, "Skill shown by a completed course")]

    of_course = models.ForeignKey(Course, models.CASCADE, related_name="prerequisite_nodes")
    number = models.PositiveIntegerField()
    parent_number = models.PositiveIntegerField(null=True, blank=True)
    operator = models.CharField(max_length=12, choices=OPERATORS)
    n = models.PositiveIntegerField(null=True, blank=True)
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="+")
    achievement = models.ForeignKey(
        Achievement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    min_grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    max_age_months = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["of_course", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["of_course", "number"], name="prerequisite_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=0, parent_number=None)
                | Q(number__gt=0, parent_number__isnull=False, parent_number__lt=F("number")),
                name="prerequisite_below_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=(
                    Q(operator__in=["all", "any"], n=None)
                    & Q(course=None, achievement=None, skill=None)
                    | Q(operator__in=["at_least", "credits"], n__isnull=False, n__gte=1)
                    & Q(course=None, achievement=None, skill=None)
                    | Q(operator="course", n=None, course__isnull=False)
                    & Q(achievement=None, skill=None)
                    | Q(operator="achievement", n=None, achievement__isnull=False)
                    & Q(course=None, skill=None)
                    | Q(operator="skill", n=None, skill__isnull=False)
                    & Q(course=None, achievement=None)
                ),
                name="prerequisite_has_what_its_operator_needs",
            ),
            models.CheckConstraint(
                condition=Q(course=None) | ~Q(course=F("of_course")),
                name="prerequisite_is_another_course",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.operator}"
