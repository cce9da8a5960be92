"""The columns of one node of a rule: of a credential's, and of that for joining a course."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from catalog.models.elements import OutcomeLevel


class Operator(models.TextChoices):
    ALL = "all", "All of"
    ANY = "any", "Any of"
    AT_LEAST = "at_least", "At least n of"
    CREDITS = "credits", "At least n minutes of workload from"
    ECTS = "ects", "At least n hundredths of an ECTS credit from"
    COURSE = "course", "Course completed"
    ACHIEVEMENT = "achievement", "Credential held"
    SKILL = "skill", "Skill demonstrated"


class RuleTreeNode(models.Model):
    """One node: a group over its children, or a leaf that names evidence.

    Nodes are numbered in preorder, so a parent's number is always the smaller one and a tree
    cannot contain a circle.
    """

    GROUPS: ClassVar = frozenset(
        {Operator.ALL, Operator.ANY, Operator.AT_LEAST, Operator.CREDITS, Operator.ECTS}
    )

    number = models.PositiveIntegerField()
    parent_number = models.PositiveIntegerField(null=True, blank=True)
    operator = models.CharField(max_length=12, choices=Operator.choices)
    n = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How many children, how many minutes, or hundredths of an ECTS credit.",
    )
    counts_once = models.BooleanField(
        default=False, help_text="One course satisfies at most one entry of the whole rule."
    )
    course = models.ForeignKey(
        "catalog.Course", models.PROTECT, null=True, blank=True, related_name="%(class)s_leaves"
    )
    achievement = models.ForeignKey(
        "catalog.Achievement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s_leaves",
    )
    skill = models.ForeignKey(
        "catalog.Skill", models.PROTECT, null=True, blank=True, related_name="%(class)s_leaves"
    )
    level = models.CharField(
        max_length=16,
        choices=OutcomeLevel.choices,
        blank=True,
        help_text="The least level of a skill.",
    )
    min_grade = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )
    max_age_months = models.PositiveIntegerField(null=True, blank=True)
    issuer = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who must have provided or awarded it.",
    )
    allows_prior_learning = models.BooleanField(
        default=False, help_text="May be met by recognized prior learning."
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number=0, parent_number=None)
                | Q(number__gt=0, parent_number__isnull=False, parent_number__lt=F("number")),
                name="%(class)s_below_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=(
                    Q(operator__in=["all", "any"], n=None)
                    & Q(course=None, achievement=None, skill=None)
                    # A CHECK lets NULL pass, so "n >= 1" alone would let n be missing.
                    | Q(operator__in=["at_least", "credits", "ects"], n__isnull=False, n__gte=1)
                    & Q(course=None, achievement=None, skill=None)
                    | Q(operator="course", n=None, course__isnull=False)
                    & Q(achievement=None, skill=None)
                    | Q(operator="achievement", n=None, achievement__isnull=False)
                    & Q(course=None, skill=None)
                    | Q(operator="skill", n=None, skill__isnull=False)
                    & Q(course=None, achievement=None)
                ),
                name="%(class)s_has_what_its_operator_needs",
            ),
            models.CheckConstraint(
                condition=Q(
                    min_grade=None, max_age_months=None, issuer=None, allows_prior_learning=False
                )
                | Q(operator__in=["course", "achievement", "skill"]),
                name="%(class)s_limits_only_on_leaves",
            ),
            models.CheckConstraint(
                condition=Q(level="") | Q(operator="skill", level__in=OutcomeLevel.values),
                name="%(class)s_level_only_of_a_skill",
            ),
            models.CheckConstraint(
                condition=Q(counts_once=False)
                | Q(number=0, operator__in=["all", "any", "at_least", "credits", "ects"]),
                name="%(class)s_counts_once_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_operator_display()}"
