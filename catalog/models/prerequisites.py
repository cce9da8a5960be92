"""What a course asks for beforehand: a rule like that of a track."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models.courses import Course
from catalog.models.rule_trees import RuleTreeNode


class Prerequisite(RuleTreeNode):
    """One node of a course's rule for joining."""

    of_course = models.ForeignKey(Course, models.CASCADE, related_name="prerequisite_nodes")

    class Meta:
        ordering: ClassVar = ["of_course", "number"]
        constraints: ClassVar = [
            *RuleTreeNode.Meta.constraints,
            models.UniqueConstraint(
                fields=["of_course", "number"], name="prerequisite_number_once"
            ),
            models.CheckConstraint(
                condition=Q(course=None) | ~Q(course=F("of_course")),
                name="prerequisite_is_another_course",
            ),
        ]
