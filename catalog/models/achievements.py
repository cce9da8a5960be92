"""What can be earned, in numbered versions that publishing freezes, and the rule of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models.courses import Course
from catalog.models.elements import (
    Assessment,
    GradingScale,
    OutcomeLevel,
    Participation,
    Supervision,
)
from catalog.models.rule_trees import RuleTreeNode
from catalog.models.skills import Skill
from catalog.models.tracks import Track
from lib.db_guards import Guard


class AchievementQuerySet(models.QuerySet["Achievement"]):
    pass


class Achievement(models.Model):
    """Earned by a course or a track. Its id is the same for everyone who earns it (OB 3.0)."""

    class Kind(models.TextChoices):
        """``achievementType`` of Open Badges 3.0, the values that Cairn awards."""

        MICRO_CREDENTIAL = "MicroCredential", _("Microcredential")
        CERTIFICATE = "Certificate", _("Certificate")
        DIPLOMA = "Diploma", _("Diploma")
        CERTIFICATION = "Certification", _("Certification")
        CERTIFICATE_OF_COMPLETION = "CertificateOfCompletion", _("Certificate of completion")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.OneToOneField(
        Course, models.PROTECT, null=True, blank=True, related_name="achievement"
    )
    track = models.OneToOneField(
        Track, models.PROTECT, null=True, blank=True, related_name="achievement"
    )
    awarding_body = models.ForeignKey(Organization, models.PROTECT, related_name="achievements")
    kind = models.CharField(max_length=40, choices=Kind.choices, default=Kind.MICRO_CREDENTIAL)

    objects = AchievementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course=None, track__isnull=False) | Q(course__isnull=False, track=None),
                name="achievement_of_a_course_or_a_track",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.course or self.track}"

    @property
    def grading_scale(self) -> str:
        """How its grades are said. A track has one where it rests on one completion only."""
        return self.course.grading_scale if self.course else GradingScale.PERCENT


class AchievementVersionQuerySet(models.QuerySet["AchievementVersion"]):
    def published(self) -> AchievementVersionQuerySet:
        return self.filter(published_at__isnull=False)

    def current(self) -> AchievementVersionQuerySet:
        """The newest published version of each achievement."""
        newer = AchievementVersion.objects.published().filter(
            achievement=models.OuterRef("achievement"), number__gt=models.OuterRef("number")
        )
        return self.published().filter(~models.Exists(newer))


class Renewal(models.TextChoices):
    WHOLE = "whole", _("All of the rule, by what was done since the last award")
    DELTA = "delta", _("Only what has changed since the last award")
    NONE = "none", _("It cannot be renewed")


class AchievementVersion(models.Model):
    """Everything about an achievement that a credential will say, and the rule to earn it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField()
    criteria = models.TextField(help_text="What a learner has to do, in words.")
    workload_minutes = models.PositiveIntegerField(default=0)
    ects = models.DecimalField(
        "ECTS credits", max_digits=5, decimal_places=2, null=True, blank=True
    )
    eqf_level = models.PositiveSmallIntegerField("EQF level", null=True, blank=True)
    field = models.CharField(max_length=200, blank=True, help_text="In words, as of ISCED-F.")
    assessment = models.CharField(max_length=24, choices=Assessment.choices, blank=True)
    participation = models.CharField(
        "form of participation", max_length=24, choices=Participation.choices, blank=True
    )
    supervision = models.CharField(
        "supervision of the assessment", max_length=24, choices=Supervision.choices, blank=True
    )
    quality_assurance = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=35, default="en")
    valid_months = models.PositiveSmallIntegerField(
        "valid for",
        null=True,
        blank=True,
        help_text="Months from the award on; empty: for ever.",
    )
    renewal = models.CharField(
        max_length=8,
        choices=Renewal.choices,
        default=Renewal.WHOLE,
        help_text="What a holder does again to renew an award that expires.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    skills = models.ManyToManyField(Skill, through="AchievementVersionSkill", related_name="+")

    objects = AchievementVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["achievement", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["achievement", "number"], name="achievement_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["achievement"],
                condition=Q(published_at=None),
                name="achievement_one_draft_version",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="achievement_version_number_from_1"
            ),
            models.CheckConstraint(
                condition=Q(valid_months=None) | Q(valid_months__gte=1),
                name="achievement_version_valid_from_1_month",
            ),
            models.CheckConstraint(
                condition=Q(renewal__in=Renewal.values), name="achievement_version_renewal_known"
            ),
            models.CheckConstraint(
                condition=Q(assessment__in=["", *Assessment.values])
                & Q(participation__in=["", *Participation.values])
                & Q(supervision__in=["", *Supervision.values]),
                name="achievement_version_elements_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.number})"


class AchievementVersionSkill(models.Model):
    version = models.ForeignKey(AchievementVersion, models.CASCADE, related_name="version_skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="version_skills")
    level = models.CharField(max_length=16, choices=OutcomeLevel.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "skill"], name="version_skill_once"),
            models.CheckConstraint(
                condition=Q(level__in=["", *OutcomeLevel.values]), name="version_skill_level_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.skill)


class RuleNode(RuleTreeNode):
    """One node of a version's rule."""

    version = models.ForeignKey(AchievementVersion, models.CASCADE, related_name="rule_nodes")

    class Meta:
        ordering: ClassVar = ["version", "number"]
        constraints: ClassVar = [
            *RuleTreeNode.Meta.constraints,
            models.UniqueConstraint(fields=["version", "number"], name="rule_node_number_once"),
        ]


def _only_while_draft(table: str, name: str) -> list[Guard]:
    """Rows that belong to a version: fixed as soon as the version is published."""
    published = (
        "(SELECT published_at FROM catalog_achievementversion v WHERE v.id = {row}.version_id)"
        " IS NOT NULL"
    )
    return [
        Guard(
            name=f"{name}_fixed_once_published_{event.lower()}",
            table=table,
            on=event,
            forbidden=published.format(row="NEW" if event == "INSERT" else "OLD"),
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


GUARDS = [
    Guard(
        name="achievement_version_fixed_once_published",
        table="catalog_achievementversion",
        on="UPDATE",
        forbidden="OLD.published_at IS NOT NULL",
    ),
    Guard(
        name="achievement_version_kept_once_published",
        table="catalog_achievementversion",
        on="DELETE",
        forbidden="OLD.published_at IS NOT NULL",
    ),
    Guard(
        name="achievement_version_starts_as_a_draft",
        table="catalog_achievementversion",
        on="INSERT",
        forbidden="NEW.published_at IS NOT NULL",
    ),
    Guard(
        name="achievement_version_published_with_a_rule",
        table="catalog_achievementversion",
        on="UPDATE",
        forbidden="NEW.published_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM catalog_rulenode r WHERE r.version_id = NEW.id AND r.number = 0)",
    ),
    Guard(
        name="achievement_version_published_with_a_whole_rule",
        table="catalog_achievementversion",
        on="UPDATE",
        forbidden="NEW.published_at IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM catalog_rulenode r WHERE r.version_id = NEW.id AND ("
        # A group with too few children, or a child of what is no group.
        "(r.operator IN ('all', 'any', 'at_least', 'credits', 'ects') AND "
        "(SELECT count(*) FROM catalog_rulenode c WHERE c.version_id = r.version_id"
        " AND c.parent_number = r.number)"
        " < CASE WHEN r.operator = 'at_least' THEN r.n ELSE 1 END)"
        " OR (r.number > 0 AND NOT EXISTS (SELECT 1 FROM catalog_rulenode p"
        " WHERE p.version_id = r.version_id AND p.number = r.parent_number"
        " AND p.operator IN ('all', 'any', 'at_least', 'credits', 'ects')))))",
    ),
    *_only_while_draft("catalog_rulenode", "rule_node"),
    *_only_while_draft("catalog_achievementversionskill", "version_skill"),
]
