"""Tracks, with the rule as a tree whose nodes all have the same members."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.serializers.shared import (
    AchievementSerializer,
    OrganizationSerializer,
    PageURLField,
    SkillSerializer,
    current_version,
)
from catalog import rules
from catalog.models import AchievementVersion, Course, Operator, RuleNode, Track
from credentials import addresses


class NamedCourseSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    url = serializers.URLField()


class NamedAchievementSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()


class RuleSerializer(serializers.Serializer[Any]):
    """A node of the rule: a group over `children`, or a leaf that names what is to be earned."""

    operator = serializers.ChoiceField(
        choices=Operator.choices,
        help_text="`all`, `any`, `at_least`, `credits` and `ects` are groups; `course`, "
        "`achievement` and `skill` are leaves.",
    )
    n = serializers.IntegerField(
        allow_null=True,
        help_text="How many children (`at_least`), minutes of workload (`credits`) or hundredths "
        "of an ECTS credit (`ects`).",
    )
    counts_once = serializers.BooleanField(
        help_text="Whether one course satisfies at most one leaf; said of the whole rule."
    )
    children = serializers.SerializerMethodField()
    course = NamedCourseSerializer(allow_null=True)
    achievement = NamedAchievementSerializer(allow_null=True)
    skill = SkillSerializer(allow_null=True)
    level = serializers.CharField(
        help_text="The least level of the skill: `foundation`, `intermediate`, `advanced`, "
        "`specialized`, or empty for any."
    )
    min_grade = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, help_text="Percent."
    )
    max_age_months = serializers.IntegerField(allow_null=True)
    issuer = OrganizationSerializer(
        allow_null=True, help_text="Who must have provided or awarded it."
    )
    allows_prior_learning = serializers.BooleanField(
        help_text="Whether recognized prior learning satisfies the leaf, too."
    )

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/Rule"}})
    def get_children(self, node: dict[str, Any]) -> list[Any]:
        return [self.to_representation(child) for child in node["children"]]


class TrackSerializer(serializers.ModelSerializer[Track]):
    id = serializers.UUIDField(source="public_id")
    provider = OrganizationSerializer(source="organization")
    workload_minutes = serializers.SerializerMethodField(
        help_text="The workload of the least that satisfies the rule."
    )
    skills = serializers.SerializerMethodField()
    achievement = AchievementSerializer()
    rule = serializers.SerializerMethodField()
    rule_text = serializers.SerializerMethodField(help_text="The rule in one sentence.")
    url = PageURLField()

    class Meta:
        model = Track
        fields: tuple[str, ...] = (
            "id",
            "external_id",
            "slug",
            "title",
            "summary",
            "field",
            "language",
            "provider",
            "workload_minutes",
            "skills",
            "achievement",
            "rule",
            "rule_text",
            "url",
            "updated_at",
        )
        read_only_fields = fields

    def get_workload_minutes(self, track: Track) -> int:
        return current_version(track.achievement).workload_minutes

    @extend_schema_field(SkillSerializer(many=True))
    def get_skills(self, track: Track) -> Any:
        return SkillSerializer(current_version(track.achievement).skills.all(), many=True).data

    @extend_schema_field(RuleSerializer)
    def get_rule(self, track: Track) -> Any:
        rows = current_version(track.achievement).rule_nodes.all()
        return RuleSerializer(_nested(list(rows))).data

    def get_rule_text(self, track: Track) -> str:
        return _in_words(current_version(track.achievement))


class TrackDetailSerializer(TrackSerializer):
    description = serializers.CharField(help_text="Markdown.")

    class Meta(TrackSerializer.Meta):
        fields = (*TrackSerializer.Meta.fields, "description")
        read_only_fields = fields


def _nested(rows: list[RuleNode]) -> dict[str, Any]:
    """The tree of rows in preorder: every parent stands before its children."""
    nodes = {row.number: _node(row) for row in rows}
    for row in rows:
        if row.parent_number is not None:
            nodes[row.parent_number]["children"].append(nodes[row.number])
    return nodes[0]


def _node(row: RuleNode) -> dict[str, Any]:
    course, achievement = row.course, row.achievement
    return {
        "operator": row.operator,
        "n": row.n,
        "counts_once": row.counts_once,
        "children": [],
        "course": course
        and {
            "id": course.public_id,
            "title": course.title,
            "url": addresses.absolute(course.get_absolute_url()),
        },
        "achievement": achievement
        and {
            "id": achievement.public_id,
            "name": _subject(row).title,
            "url": addresses.achievement(achievement),
        },
        "min_grade": row.min_grade,
        "max_age_months": row.max_age_months,
        "skill": row.skill,
        "level": row.level,
        "issuer": row.issuer,
        "allows_prior_learning": row.allows_prior_learning,
    }


def _subject(row: RuleNode) -> Course | Track:
    """What a leaf is called by."""
    if row.course is not None:
        return row.course
    assert row.achievement is not None
    subject = row.achievement.track or row.achievement.course
    assert subject is not None
    return subject


def _in_words(version: AchievementVersion) -> str:
    rows = version.rule_nodes.all()
    tree = rules.from_rows(rows)
    if tree is None:
        return "This rule cannot be read, so nothing is awarded by it."
    return rules.sentence(tree, names=rules.names_from_rows(rows))
