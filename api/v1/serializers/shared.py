"""Pieces that several resources show."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Organization
from catalog.models import Achievement, AchievementVersion, Skill
from credentials import addresses


class PageURLField(serializers.URLField):
    """The absolute address of the page where people see the same thing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="get_absolute_url", read_only=True, **kwargs)

    def to_representation(self, value: str) -> str:
        return addresses.absolute(value)


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Organization
        fields = ("id", "slug", "name")
        read_only_fields = fields


class SkillSerializer(serializers.ModelSerializer[Skill]):
    class Meta:
        model = Skill
        fields = ("uri", "label")
        read_only_fields = fields


class AchievementSerializer(serializers.ModelSerializer[Achievement]):
    """What is earned, in its newest published version."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="`achievementType` of Open Badges 3.0.")
    name = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Achievement
        fields = ("id", "kind", "name", "version", "url")
        read_only_fields = fields

    def get_name(self, achievement: Achievement) -> str:
        return current_version(achievement).name

    def get_version(self, achievement: Achievement) -> int:
        return current_version(achievement).number

    def get_url(self, achievement: Achievement) -> str:
        return addresses.achievement(achievement)


def current_version(achievement: Achievement) -> AchievementVersion:
    """From the rows that ``current_versions()`` has fetched along."""
    version: AchievementVersion = achievement.versions.all()[0]
    return version
