"""Assignments: how work is handed in, and the rubric by which it is marked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_access import PartInline
from catalog.admin.formsets import OrderedFormSet, PositionForm
from catalog.admin.parts import PartAdmin
from catalog.models import Assignment, Criterion, CriterionLevel


class AssignmentInline(PartInline):
    model = Assignment
    fields = ("accepts_text", "accepts_files", "max_files", "second_marker", "is_blind")
    extra = 1
    max_num = 1
    can_delete = False
    verbose_name_plural = "how work is handed in and marked"


class CriterionForm(PositionForm):
    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        levels = CriterionLevel.objects.filter(criterion=self.instance.pk)
        highest = levels.aggregate(highest=Max("points"))["highest"]
        if highest is not None and points < highest:
            raise ValidationError(f"A level of it earns {highest} points. Lower that level first.")
        return points


class CriterionInline(PartInline):
    model = Criterion
    form = CriterionForm
    formset = OrderedFormSet
    fields = ("position", "title", "description", "points")
    show_change_link = True
    verbose_name_plural = "rubric (levels on each criterion's own page)"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "description":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 40})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LevelForm(forms.ModelForm[CriterionLevel]):
    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        # Points that are entered on the same page are saved before the levels.
        most = self.instance.criterion.points
        if points > most:
            raise ValidationError(f"The criterion earns at most {most} points.")
        return points


class LevelInline(PartInline):
    model = CriterionLevel
    form = LevelForm
    fields = ("points", "text")
    extra = 2
    verbose_name_plural = "levels: what earns how many points"


@admin.register(Criterion)
class CriterionAdmin(PartAdmin):
    form = CriterionForm
    course_path = "unit.course"
    organization_lookups = ("unit__course__provider", "unit__course__awarding_body")
    list_display = ("title", "unit", "points")
    list_select_related = ("unit",)
    search_fields = ("title", "unit__title")
    fields = ("of_unit", "title", "description", "points")
    readonly_fields = ("of_unit",)
    inlines = (LevelInline,)

    @admin.display(description="assignment")
    def of_unit(self, criterion: Criterion) -> SafeString:
        url = reverse("admin:catalog_unit_change", args=[criterion.unit_id])
        return format_html('<a href="{}">{}</a>', url, criterion.unit)
