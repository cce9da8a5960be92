from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import PartInline, changed_fields
from accounts.models import Organization
from catalog import actions, drafting, elements, pages
from catalog.admin.formsets import OrderedFormSet, PositionForm, UsedRowsStay
from catalog.admin.publishing import PublishableAdmin
from catalog.admin.wording import WORDING_FIELDS, WordingForm
from catalog.copying import copy_course
from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    CourseRun,
    CourseSkill,
    LearningOutcome,
    Unit,
)
from catalog.search import courses_changed
from catalog.signals import seats_changed


class UnitInline(PartInline):
    model = Unit
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "kind", "title", "minutes")
    show_change_link = True
    verbose_name_plural = "units (text and questions on each unit's own page)"


class OutcomeInline(PartInline):
    model = LearningOutcome
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "text", "level", "skills")
    autocomplete_fields = ("skills",)
    verbose_name_plural = "learning outcomes: what whoever completes the course can do"


class CourseRunForm(forms.ModelForm[CourseRun]):
    def clean_seats(self) -> int | None:
        seats: int | None = self.cleaned_data["seats"]
        if seats is None or not self.instance.pk:
            return seats
        # Locked until this request has saved: a seat may be given away meanwhile.
        run = CourseRun.objects.select_for_update().get(pk=self.instance.pk)
        if seats < run.seats_taken:
            raise forms.ValidationError(
                f"{run.seats_taken} seats are taken already. Enter at least {run.seats_taken}."
            )
        return seats

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise forms.ValidationError("Enter three letters, such as EUR.")
        return currency

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The run ends before it starts.")
        if data.get("is_self_paced") is False and "starts_on" in data and not starts_on:
            self.add_error("starts_on", "A run that is not self-paced needs its first day.")
        if data.get("external_url") and not data.get("is_external"):
            self.add_error("external_url", "Only a run that is external has an address.")
        if data.get("price") and not data.get("currency"):
            self.add_error("currency", "Say in which currency the price is: EUR, USD.")
        return data


class CourseRunFormSet(UsedRowsStay):
    def save_existing(self, form: Any, obj: CourseRun, commit: bool = True) -> CourseRun:
        """Write what was edited and nothing else: the seats taken are counted by others."""
        run: CourseRun = form.save(commit=False)
        if commit:
            run.save(update_fields=changed_fields(form))
            if "seats" in form.changed_data:
                seats_changed.send(sender=CourseRun, run_id=run.pk)
        return run


class CourseRunInline(PartInline):
    model = CourseRun
    form = CourseRunForm
    formset = CourseRunFormSet
    fields = (
        "title",
        "is_self_paced",
        "starts_on",
        "ends_on",
        "enrollment_opens_on",
        "enrollment_closes_on",
        "is_external",
        "external_url",
        "price",
        "currency",
        "seats",
        "seats_taken",
    )
    readonly_fields = ("seats_taken",)
    verbose_name_plural = "runs"


class CourseSkillInline(PartInline):
    model = CourseSkill
    autocomplete_fields = ("skill",)
    verbose_name_plural = "skills"


@admin.register(Course)
class CourseAdmin(PublishableAdmin[Course]):
    form = WordingForm
    change_form_template = "admin/catalog/course_change_form.html"
    organization_lookups = ("provider", "awarding_body")
    fixed_once_published = ("slug", "awarding_body")
    list_display = ("title", "provider", "field", "status", "minutes", "published_at")
    list_filter = ("status", "field", ("provider", admin.RelatedOnlyFieldListFilter), "language")
    list_select_related = ("provider",)
    list_per_page = 50
    search_fields = ("title", "slug", "external_id", "provider__name")
    inlines = (OutcomeInline, UnitInline, CourseRunInline, CourseSkillInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "provider", "awarding_body", "status")}),
        ("What it is about", {"fields": ("summary", "description", "prerequisites")}),
        ("How it is found", {"fields": ("field", "language", "external_id")}),
        (
            "European elements",
            {
                "fields": (
                    "completeness",
                    "eqf_level",
                    "ects",
                    "assessment",
                    "participation",
                    "supervision",
                    "quality_assurance",
                ),
                "description": "What the European approach to micro-credentials asks to be stated.",
            },
        ),
        ("What the credential says", {"fields": (*WORDING_FIELDS, "published_at", "versions")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        queryset = super().get_queryset(request)
        is_list = getattr(request.resolver_match, "url_name", "") == "catalog_course_changelist"
        return queryset.with_workload() if is_list else queryset  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: Course | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        # An awarding body that the curator does not speak for stays as it is.
        for name in ("provider", "awarding_body"):
            if obj and name in form.base_fields:
                choices = form.base_fields[name]
                choices.queryset = Organization.objects.filter(
                    Q(pk__in=choices.queryset.values("pk")) | Q(pk=getattr(obj, f"{name}_id"))
                )
        return form

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("preview", self.preview_view),
            self.object_path("duplicate", self.duplicate_view),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "completeness"]

    @admin.display(description="still missing")
    def completeness(self, course: Course) -> str:
        if not course.pk:
            return "After saving, this says what is not stated yet."
        missing = elements.missing(
            course,
            minutes=sum(course.units.values_list("minutes", flat=True)),
            outcomes=course.outcomes.count(),
        )
        return ", ".join(missing) or "Nothing: all European elements are stated."

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The course's page as learners would see it, drafts included."""
        course = self.object_or_404(request, object_id)
        if not self.has_view_permission(request, course):
            raise PermissionDenied
        page = pages.course_page(Course.objects.all(), course.slug)
        return TemplateResponse(request, "catalog/course.html", {**page, "is_preview": True})

    def duplicate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        course = self.object_or_404(request, object_id)
        self.require_change(request, course)
        with transaction.atomic():
            made = copy_course(course)
            self.log_addition(request, made, f"Copied from “{course}”.")
        messages.success(request, "This is the copy: a draft, with the same units and questions.")
        return redirect(self.object_url(made))

    @admin.display(ordering="minutes")
    def minutes(self, course: Course) -> int:
        return int(getattr(course, "minutes", 0))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        courses_changed([form.instance.pk])

    def publish(self, item: Course) -> AchievementVersion:
        return actions.publish_course(
            course=item, at=timezone.now(), wording=self.wording_in_force(item)
        )

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.published_at:
            Achievement.objects.filter(course=obj).update(awarding_body=obj.awarding_body)
        if form.says_something_else():
            achievement, _ = Achievement.objects.get_or_create(
                course=obj, defaults={"awarding_body": obj.awarding_body}
            )
            drafting.save_wording(achievement, form.entered_wording())
