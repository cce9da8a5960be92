"""Where the hours that a course states and those that it takes part."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Sum
from django.http import HttpRequest

from accounts.admin_access import CuratorAdmin
from catalog.durations import in_words
from catalog.models import Unit
from enrollment.models import MeasuredTime
from enrollment.progress import number_of

PART = {
    "longer": ("takes longer than stated", Q(ratio__gt=1.25)),
    "shorter": ("takes less than stated", Q(ratio__lt=0.75)),
    "agrees": ("agrees within a quarter", Q(ratio__gte=0.75, ratio__lte=1.25)),
}


class AgreementFilter(admin.SimpleListFilter):
    title = "how it agrees"
    parameter_name = "agrees"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in PART.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[MeasuredTime]
    ) -> QuerySet[MeasuredTime]:
        chosen = PART.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


@admin.register(MeasuredTime)
class MeasuredTimeAdmin(CuratorAdmin[MeasuredTime]):
    is_read_only = True
    organization_lookups = ("course__provider", "course__awarding_body")
    list_display = ("course", "stated", "median", "p80", "of_stated", "learners", "measured_at")
    list_filter = (AgreementFilter,)
    list_select_related = ("course",)
    search_fields = ("course__title",)
    fields = ("course", "stated", "median", "p80", "of_stated", "learners", "measured_at")
    readonly_fields = ("stated", "median", "p80", "of_stated")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeasuredTime]:
        units = Unit.objects.filter(course=OuterRef("course")).order_by().values("course")
        stated = number_of(units.annotate(sum=Sum("minutes")).values("sum"))
        measured = super().get_queryset(request).filter(median_minutes__isnull=False)
        ratio = ExpressionWrapper(
            F("median_minutes") * 1.0 / F("stated_minutes"), output_field=FloatField()
        )
        # Of a course that states nothing, nothing can part from it.
        return (
            measured.annotate(stated_minutes=stated).exclude(stated_minutes=0).annotate(ratio=ratio)
        )

    @admin.display(ordering="stated_minutes", description="stated")
    def stated(self, measured: MeasuredTime) -> str:
        return in_words(vars(measured)["stated_minutes"])

    @admin.display(ordering="median_minutes", description="half need at most")
    def median(self, measured: MeasuredTime) -> str:
        return in_words(measured.median_minutes or 0)

    @admin.display(ordering="p80_minutes", description="four of five at most")
    def p80(self, measured: MeasuredTime) -> str:
        return in_words(measured.p80_minutes or 0)

    @admin.display(ordering="ratio", description="median of stated")
    def of_stated(self, measured: MeasuredTime) -> str:
        return f"{vars(measured)['ratio']:.0%}"
