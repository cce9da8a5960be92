"""What the lists can be narrowed by. A parameter that is not known is refused, not ignored."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters.rest_framework as filters  # type: ignore[import-untyped]
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.fields import IsoDateTimeField  # type: ignore[import-untyped]
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.models import Course, CourseSkill, Field, Track
from enrollment.models import Enrollment

MOMENT = "Write a time as 2026-03-31T09:00:00Z (and a “+” in an address as %%2B)."
PAGING = {"cursor", "page_size"}


class StrictFilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]
    """A misspelled filter would otherwise answer with everything, which looks like success."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        known = set(view.filterset_class.base_filters) | PAGING  # type: ignore[attr-defined]
        unknown = set(request.query_params) - known
        if unknown:
            listed = ", ".join(sorted(known))
            raise ValidationError(
                dict.fromkeys(unknown, f"There is no such parameter here. Use {listed}.")
            )
        narrowed: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return narrowed


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    def clean(self, value: Any) -> datetime.datetime | None:
        moment: datetime.datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(datetime.UTC)
        except OverflowError as error:
            # A zone can put a time of the year 1 into the year 0, which there is not.
            raise InvalidValue(MOMENT) from error


class MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]
    field_class = MomentField


def moment_filter(field_name: str, lookup: str, label: str) -> MomentFilter:
    return MomentFilter(
        field_name=field_name,
        lookup_expr=lookup,
        label=label,
        error_messages={"invalid": MOMENT},
    )


class CatalogFilter(filters.FilterSet):  # type: ignore[misc]
    q = filters.CharFilter(
        method="search", label="Words of the title or summary, all of them.", max_length=200
    )
    field = filters.ChoiceFilter(
        choices=Field.choices,
        label="The subject.",
        error_messages={"invalid_choice": f"Use one of {', '.join(Field.values)}."},
    )
    language = filters.CharFilter(
        method="speaks", label="A BCP 47 tag; “en” finds “en-GB”, too.", max_length=35
    )
    updated_since = moment_filter("updated_at", "gte", "Changed at this time or later.")

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:10]:
            queryset = queryset.filter(self.mentions(word))
        return queryset

    def mentions(self, word: str) -> Q:
        return Q(title__icontains=word) | Q(summary__icontains=word)

    def speaks(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Basic filtering of RFC 4647 §3.3.1."""
        return queryset.filter(Q(language__iexact=value) | Q(language__istartswith=f"{value}-"))


class CourseFilter(CatalogFilter):
    q = filters.CharFilter(
        method="search",
        label="Words of the title, the summary or a skill, all of them.",
        max_length=200,
    )
    provider = filters.CharFilter(
        field_name="provider__slug", label="The provider’s slug.", max_length=80
    )

    class Meta:
        model = Course
        fields = ["q", "field", "language", "provider", "updated_since"]

    def mentions(self, word: str) -> Q:
        # EXISTS, not a join: a course with two such skills is still one course.
        skills = CourseSkill.objects.filter(course=OuterRef("pk"), skill__label__icontains=word)
        return super().mentions(word) | Q(Exists(skills))


class TrackFilter(CatalogFilter):
    provider = filters.CharFilter(
        field_name="organization__slug", label="The providing organization’s slug.", max_length=80
    )

    class Meta:
        model = Track
        fields = ["q", "field", "language", "provider", "updated_since"]


class CompletionFilter(filters.FilterSet):  # type: ignore[misc]
    completed_since = moment_filter("completed_at", "gte", "Completed at this time or later.")
    completed_before = moment_filter("completed_at", "lt", "Completed before this time.")
    course = filters.UUIDFilter(
        field_name="run__course__public_id",
        label="The course’s id.",
        error_messages={"invalid": "Send the id of a course: a UUID."},
    )

    class Meta:
        model = Enrollment
        fields = ["completed_since", "completed_before", "course"]
