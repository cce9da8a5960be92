"""The operations of the API. Each starts from what its caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.views import APIView

from api.schema import Schema
from api.v1 import examples
from api.v1.authentication import BearerAuthentication
from api.v1.filters import CompletionFilter, CourseFilter, StrictFilterBackend, TrackFilter
from api.v1.paging import KeysetPagination
from api.v1.permissions import HasScope
from api.v1.serializers.completions import CompletionSerializer
from api.v1.serializers.courses import CourseDetailSerializer, CourseSerializer
from api.v1.serializers.tracks import TrackDetailSerializer, TrackSerializer
from catalog.models import Achievement, AchievementVersion, Course, CourseRun, RuleNode, Track
from credentials.models import AwardEvidence
from enrollment.models import Enrollment


class ClientView(APIView):
    """Called by a program with a token; ``required_scopes`` says which."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [HasScope]
    required_scopes: Sequence[str] = ()
    schema = Schema()


class Collection(ClientView, GenericAPIView[Any]):
    pagination_class = KeysetPagination
    filter_backends = [StrictFilterBackend]
    keyset: Sequence[str] = ("id",)


class Item(ClientView, GenericAPIView[Any]):
    filter_backends = []
    lookup_field = "public_id"


def frozen() -> QuerySet[Achievement]:
    """What has a published version; a subquery, because a join would count units once a version."""
    versions = AchievementVersion.objects.published()
    return Achievement.objects.filter(pk__in=versions.values("achievement"))


def current_versions() -> QuerySet[AchievementVersion]:
    return AchievementVersion.objects.current()


class Courses(ClientView):
    required_scopes = ["catalog:read"]

    def get_queryset(self) -> QuerySet[Course]:
        return (
            Course.objects.published()
            .filter(achievement__in=frozen())
            .with_workload()
            .select_related("provider", "awarding_body", "achievement")
            .prefetch_related(
                "skills",
                "outcomes__skills",
                Prefetch("runs", CourseRun.objects.soonest_first()),
                Prefetch("achievement__versions", current_versions()),
            )
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="list_courses",
        tags=["Catalog"],
        summary="List published courses",
        description="In an order that does not change, so that a client can copy the catalog. "
        "With `updated_since` only what has changed.",
        examples=[examples.COURSES],
    )
)
class CourseList(Courses, Collection, ListAPIView[Course]):
    serializer_class = CourseSerializer
    filterset_class = CourseFilter


@extend_schema_view(
    get=extend_schema(
        operation_id="get_course",
        tags=["Catalog"],
        summary="Read one course with its units",
        examples=[examples.COURSE],
    )
)
class CourseDetail(Courses, Item, RetrieveAPIView[Course]):
    serializer_class = CourseDetailSerializer

    def get_queryset(self) -> QuerySet[Course]:
        return super().get_queryset().prefetch_related("units")


class Tracks(ClientView):
    required_scopes = ["catalog:read"]

    def get_queryset(self) -> QuerySet[Track]:
        nodes = RuleNode.objects.select_related(
            "course", "achievement__track", "achievement__course", "skill", "issuer"
        )
        versions = current_versions().prefetch_related("skills", Prefetch("rule_nodes", nodes))
        return (
            Track.objects.published()
            .filter(achievement__in=frozen())
            .select_related("organization", "achievement")
            .prefetch_related(Prefetch("achievement__versions", versions))
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="list_tracks",
        tags=["Catalog"],
        summary="List published tracks",
        description="Each with its rule: what has to be earned for its credential.",
        examples=[examples.TRACKS],
    )
)
class TrackList(Tracks, Collection, ListAPIView[Track]):
    serializer_class = TrackSerializer
    filterset_class = TrackFilter


@extend_schema_view(
    get=extend_schema(
        operation_id="get_track",
        tags=["Catalog"],
        summary="Read one track with its rule",
        examples=[examples.TRACK],
    )
)
class TrackDetail(Tracks, Item, RetrieveAPIView[Track]):
    serializer_class = TrackDetailSerializer


class Completions(ClientView):
    required_scopes = ["completions:read"]

    def get_queryset(self) -> QuerySet[Enrollment]:
        token: Any = self.request.auth
        if token is None:
            # Only the schema asks without a token.
            return Enrollment.objects.none()
        # The course's own credential; those of tracks rest on it and are not of this completion.
        evidence = AwardEvidence.objects.filter(
            award__achievement__course__isnull=False
        ).select_related("award")
        return (
            Enrollment.objects.of_people_at(token.application.organization_id)
            .completed()
            .select_related("learner", "run__course")
            .prefetch_related(
                Prefetch("evidence_for", evidence), "evidence_for__award__credentials"
            )
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="list_completions",
        tags=["Completions"],
        summary="List what your organization’s people have completed",
        description="In the order of completion. Completions of other people are never shown.",
        examples=[examples.COMPLETIONS],
    )
)
class CompletionList(Completions, Collection, ListAPIView[Enrollment]):
    serializer_class = CompletionSerializer
    filterset_class = CompletionFilter
    keyset = ("completed_at", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="get_completion",
        tags=["Completions"],
        summary="Read one completion",
        examples=[examples.COMPLETION],
    )
)
class CompletionDetail(Completions, Item, RetrieveAPIView[Enrollment]):
    serializer_class = CompletionSerializer
