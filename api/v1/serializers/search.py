"""Results of a search. They are written as JSON once for each state of a course, and kept."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from api.v1.serializers.shared import OrganizationSerializer, PageURLField, SkillSerializer
from catalog.cards import shown
from catalog.facets import Facet
from catalog.models import Course
from catalog.search import MAX_PAGE, PAGE_SIZE, Filters, Found


class HitSerializer(serializers.ModelSerializer[Course]):
    id = serializers.UUIDField(source="public_id")
    provider = OrganizationSerializer()
    eqf_level = serializers.IntegerField(allow_null=True, min_value=1, max_value=8)
    workload_minutes = serializers.IntegerField(source="minutes")
    ects = serializers.DecimalField(max_digits=3, decimal_places=1, allow_null=True)
    skills = SkillSerializer(many=True)
    url = PageURLField()

    class Meta:
        model = Course
        fields = (
            "id",
            "external_id",
            "slug",
            "title",
            "summary",
            "field",
            "language",
            "provider",
            "eqf_level",
            "workload_minutes",
            "ects",
            "skills",
            "url",
            "updated_at",
        )
        read_only_fields = fields


class FacetValueSerializer(serializers.Serializer[object]):
    value = serializers.CharField(help_text="What the parameter of the facet’s name takes.")
    name = serializers.CharField()
    count = serializers.IntegerField(
        help_text="Courses found with this value, whatever else of this facet is chosen."
    )
    chosen = serializers.BooleanField(source="is_chosen")


class FacetSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    values = FacetValueSerializer(many=True)


class SearchSerializer(serializers.Serializer[object]):
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField(help_text=f"At most {MAX_PAGE}, of {PAGE_SIZE} results.")
    searched_for = serializers.CharField(
        help_text="The words that were looked for: other than `q` when no course has those."
    )
    facets = FacetSerializer(many=True)
    results = HitSerializer(many=True)


def search_json(filters: Filters, found: Found, facets: Sequence[Facet]) -> bytes:
    """The document of ``SearchSerializer``, by hand: half of the time went into its fields."""
    head = {
        "total": found.total,
        "page": filters.page,
        "pages": min(MAX_PAGE, -(-found.total // PAGE_SIZE)),
        "searched_for": found.corrected or filters.text,
        "facets": [
            {
                "name": facet.name,
                "values": [
                    {"value": one.value, "name": one.name, "count": one.count}
                    | {"chosen": one.is_chosen}
                    for one in facet.values
                ],
            }
            for facet in facets
        ],
    }
    results: list[bytes] = shown(found, "hit", _rendered)
    written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return written[:-1] + b',"results":[' + b",".join(results) + b"]}"


def _rendered(ids: Sequence[int]) -> dict[int, bytes]:
    # Between the search and now a curator may have taken one out of the catalog.
    rows = Course.objects.published().filter(pk__in=ids)
    render = JSONRenderer().render
    return {
        course.pk: render(HitSerializer(course).data)
        for course in rows.select_related("provider").prefetch_related("skills").with_workload()
    }
