"""What an assignment asks for, and the rubric by which the work is marked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models.courses import Unit
from lib.db_guards import Guard

MAX_FILES = 5
"""So many of the largest files fit into one request: ``settings.MAX_HAND_IN_BYTES``."""


class Assignment(models.Model):
    """How work is handed in and marked. A unit without this row follows the defaults."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="assignment")
    accepts_text = models.BooleanField(default=True, help_text="Written on the page.")
    accepts_files = models.BooleanField(default=True)
    max_files = models.PositiveSmallIntegerField(
        "most files", default=3, help_text=f"At most {MAX_FILES}."
    )
    second_marker = models.BooleanField(
        default=False, help_text="Two people mark the work; far apart, a third decides."
    )
    is_blind = models.BooleanField(
        "blind marking", default=False, help_text="Whoever marks does not see whose work it is."
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accepts_text=True) | Q(accepts_files=True),
                name="assignment_accepts_something",
                violation_error_message="Accept text, files or both.",
            ),
            models.CheckConstraint(
                condition=Q(max_files__gte=1, max_files__lte=MAX_FILES),
                name="assignment_max_files_1_to_5",
                violation_error_message=f"Accept 1 to {MAX_FILES} files.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


def assignment_of(unit: Unit) -> Assignment:
    """The unit's settings: its own, or the defaults."""
    return Assignment.objects.filter(unit=unit).first() or Assignment(unit=unit)


class Criterion(models.Model):
    """One line of the rubric."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="criteria")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    points = models.PositiveSmallIntegerField(help_text="The most that it can earn.")

    class Meta:
        verbose_name_plural = "criteria"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "position"], name="criterion_position_once"),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=1000),
                name="criterion_points_1_to_1000",
                violation_error_message="A criterion earns 1 to 1000 points.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="criterion_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class CriterionLevel(models.Model):
    """What earns so many of a criterion's points."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="levels")
    points = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500, help_text="What earns these points.")

    class Meta:
        ordering: ClassVar = ["-points"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["criterion", "points"],
                name="level_points_once",
                violation_error_message="Two levels earn the same points.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points}: {self.text}"


_TOO_MANY = "NEW.points > (SELECT c.points FROM catalog_criterion c WHERE c.id = NEW.criterion_id)"

GUARDS = [
    Guard(
        name="level_within_its_criterion",
        table="catalog_criterionlevel",
        on="INSERT",
        forbidden=_TOO_MANY,
    ),
    Guard(
        name="level_stays_within_its_criterion",
        table="catalog_criterionlevel",
        on="UPDATE",
        forbidden=_TOO_MANY,
    ),
    Guard(
        name="criterion_keeps_room_for_its_levels",
        table="catalog_criterion",
        on="UPDATE",
        forbidden="NEW.points < (SELECT MAX(l.points) FROM catalog_criterionlevel l"
        " WHERE l.criterion_id = NEW.id)",
    ),
]
