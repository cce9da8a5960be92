from __future__ import annotations

from rest_framework import serializers

from api.v1.serializers.shared import (
    AchievementSerializer,
    OrganizationSerializer,
    PageURLField,
    SkillSerializer,
)
from catalog.models import (
    Assessment,
    Course,
    CourseRun,
    LearningOutcome,
    OutcomeLevel,
    Participation,
    Supervision,
    Unit,
)


class RunSerializer(serializers.ModelSerializer[CourseRun]):
    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField(source="__str__")
    self_paced = serializers.BooleanField(source="is_self_paced")
    external = serializers.BooleanField(
        source="is_external", help_text="Taken at the provider: nobody enrolls here."
    )
    external_url = serializers.CharField(help_text="Where one enrolls instead; may be empty.")
    price = serializers.DecimalField(
        max_digits=8, decimal_places=2, allow_null=True, help_text="0 is free; null: not told."
    )
    currency = serializers.CharField(help_text="ISO 4217; empty without a price.")
    seats = serializers.IntegerField(allow_null=True, help_text="Null: as many as come.")
    seats_left = serializers.IntegerField(allow_null=True)
    cohort = serializers.BooleanField(
        source="is_cohort", help_text="Its learners go together, with dates and an instructor."
    )
    time_zone = serializers.CharField(help_text="In which its days begin and end (IANA).")

    class Meta:
        model = CourseRun
        fields = (
            "id",
            "title",
            "self_paced",
            "starts_on",
            "ends_on",
            "enrollment_opens_on",
            "enrollment_closes_on",
            "external",
            "external_url",
            "price",
            "currency",
            "seats",
            "seats_left",
            "cohort",
            "time_zone",
            "needs_approval",
        )
        read_only_fields = fields


class UnitSerializer(serializers.ModelSerializer[Unit]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text=f"One of {', '.join(Unit.Kind.values)}.")

    class Meta:
        model = Unit
        fields = ("id", "position", "kind", "title", "minutes", "is_required")
        read_only_fields = fields


def _stated(values: list[str]) -> serializers.CharField:
    return serializers.CharField(help_text=f"One of {', '.join(values)}; empty if not stated.")


class OutcomeSerializer(serializers.ModelSerializer[LearningOutcome]):
    level = _stated(OutcomeLevel.values)
    skills = SkillSerializer(many=True)

    class Meta:
        model = LearningOutcome
        fields = ("position", "text", "level", "skills")
        read_only_fields = fields


class CourseSerializer(serializers.ModelSerializer[Course]):
    id = serializers.UUIDField(source="public_id")
    provider = OrganizationSerializer()
    awarding_body = OrganizationSerializer()
    eqf_level = serializers.IntegerField(
        allow_null=True,
        min_value=1,
        max_value=8,
        help_text="Level in the European Qualifications Framework.",
    )
    workload_minutes = serializers.IntegerField(source="minutes")
    ects = serializers.DecimalField(
        max_digits=3, decimal_places=1, allow_null=True, help_text="ECTS credits."
    )
    assessment = _stated(Assessment.values)
    participation = _stated(Participation.values)
    supervision = _stated(Supervision.values)
    outcomes = OutcomeSerializer(many=True)
    skills = SkillSerializer(many=True)
    runs = RunSerializer(many=True)
    achievement = AchievementSerializer()
    url = PageURLField()

    class Meta:
        model = Course
        fields: tuple[str, ...] = (
            "id",
            "external_id",
            "slug",
            "title",
            "summary",
            "field",
            "language",
            "provider",
            "awarding_body",
            "eqf_level",
            "workload_minutes",
            "ects",
            "assessment",
            "participation",
            "supervision",
            "quality_assurance",
            "outcomes",
            "skills",
            "runs",
            "achievement",
            "url",
            "updated_at",
        )
        read_only_fields = fields


class CourseDetailSerializer(CourseSerializer):
    description = serializers.CharField(help_text="Markdown.")
    units = UnitSerializer(many=True)

    class Meta(CourseSerializer.Meta):
        fields = (*CourseSerializer.Meta.fields, "description", "prerequisites", "units")
        read_only_fields = fields
