from __future__ import annotations

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.v1.serializers.shared import PageURLField
from catalog.models import Course
from credentials import addresses
from credentials.models import Award, Credential
from enrollment.models import Enrollment


class LearnerSerializer(serializers.ModelSerializer[User]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField(source="get_full_name")

    class Meta:
        model = User
        fields = ("id", "name", "email")
        read_only_fields = fields


class CompletedCourseSerializer(serializers.ModelSerializer[Course]):
    id = serializers.UUIDField(source="public_id")
    url = PageURLField()

    class Meta:
        model = Course
        fields = ("id", "external_id", "title", "url")
        read_only_fields = fields


class CredentialState(models.TextChoices):
    DUE = "due"
    ISSUED = "issued"
    REVOKED = "revoked"


class CredentialStateSerializer(serializers.Serializer[Any]):
    """The credential that the completion earned."""

    id = serializers.UUIDField(
        allow_null=True, help_text="Null while due, and when the learner shows it to nobody."
    )
    url = serializers.URLField(allow_null=True, help_text="Null as `id` is.")
    status = serializers.ChoiceField(choices=CredentialState.choices)


class CompletionSerializer(serializers.ModelSerializer[Enrollment]):
    id = serializers.UUIDField(source="public_id")
    learner = LearnerSerializer()
    course = CompletedCourseSerializer(source="run.course")
    completed_at = serializers.DateTimeField()
    credential = serializers.SerializerMethodField(
        help_text="Null until the completion has been judged."
    )

    class Meta:
        model = Enrollment
        fields = ("id", "learner", "course", "completed_at", "grade", "credential")
        read_only_fields = fields

    @extend_schema_field(CredentialStateSerializer(allow_null=True))
    def get_credential(self, enrollment: Enrollment) -> Any:
        # The view has fetched them: the evidence for awards of the course's own achievement.
        awards = [evidence.award for evidence in enrollment.evidence_for.all()]
        if not awards:
            return None
        return CredentialStateSerializer(_state(max(awards, key=lambda award: award.number))).data


def _state(award: Award) -> dict[str, Any]:
    live = next((item for item in award.credentials.all() if not item.is_revoked), None)
    last = next(iter(award.credentials.all()), None)
    credential = live or (last if award.revoked_at else None)
    is_shown = credential is not None and credential.visibility != Credential.Visibility.OFF
    return {
        "id": credential.public_id if credential and is_shown else None,
        "url": addresses.credential(credential) if credential and is_shown else None,
        "status": CredentialState.REVOKED
        if award.revoked_at
        else (CredentialState.ISSUED if live else CredentialState.DUE),
    }
