"""Units with their text, and the questions of quizzes with their choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_access import PartInline
from catalog.admin.assignments import AssignmentInline, CriterionInline
from catalog.admin.formsets import OrderedFormSet, PositionForm
from catalog.admin.markdown import MarkdownTextarea, preview
from catalog.admin.parts import PartAdmin
from catalog.models import Choice, Course, Question, Unit, UnitTranslation
from catalog.search import courses_changed


class QuestionInline(PartInline):
    model = Question
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "text", "kind", "explanation")
    show_change_link = True
    verbose_name_plural = "questions of a quiz (choices on each question's own page)"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("text", "explanation"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 40})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class UnitTranslationInline(PartInline):
    model = UnitTranslation
    fields = ("language", "title", "body")
    verbose_name_plural = "in other languages"


@admin.register(Unit)
class UnitAdmin(PartAdmin):
    organization_lookups = ("course__provider", "course__awarding_body")
    list_display = ("title", "course", "kind", "minutes", "position")
    list_filter = ("kind",)
    list_select_related = ("course",)
    search_fields = ("title", "course__title", "external_id")
    fields = (
        *("of_course", "kind", "title", "minutes", "body", "url", "pass_percent"),
        *("is_required", "is_challenge", "external_id"),
    )
    readonly_fields = ("of_course",)
    inlines = (UnitTranslationInline, QuestionInline, AssignmentInline, CriterionInline)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(preview)
        return [path("markdown/", view, name="catalog_unit_markdown"), *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body":
            kwargs["widget"] = MarkdownTextarea()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def course_of(self, obj: Unit) -> Course:
        return obj.course

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        courses_changed([obj.course_id])

    @admin.display(description="course")
    def of_course(self, unit: Unit) -> SafeString:
        url = reverse("admin:catalog_course_change", args=[unit.course_id])
        return format_html('<a href="{}">{}</a>', url, unit.course)

    def get_inlines(self, request: HttpRequest, obj: Unit | None) -> list[Any]:
        own: list[Any] = []
        if obj and obj.is_quiz:
            own = [QuestionInline]
        elif obj and obj.is_assignment:
            own = [AssignmentInline, CriterionInline]
        return [UnitTranslationInline, *own]


class ChoiceFormSet(OrderedFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        right = sum(
            bool(form.cleaned_data.get("is_correct"))
            for form in self.forms
            if not self._should_delete_form(form)  # type: ignore[attr-defined]
        )
        if self.instance.kind == Question.Kind.SINGLE and right != 1:
            raise ValidationError(f"Mark exactly one choice as right; {right} are.")
        if right == 0:
            raise ValidationError("Mark at least one choice as right.")


class ChoiceInline(PartInline):
    model = Choice
    form = PositionForm
    formset = ChoiceFormSet
    fields = ("position", "text", "is_correct")
    extra = 2


@admin.register(Question)
class QuestionAdmin(PartAdmin):
    organization_lookups = ("unit__course__provider", "unit__course__awarding_body")
    list_display = ("text", "unit", "kind")
    list_select_related = ("unit",)
    search_fields = ("text", "unit__title")
    fields = ("of_unit", "kind", "text", "explanation")
    readonly_fields = ("of_unit",)
    inlines = (ChoiceInline,)

    def course_of(self, obj: Question) -> Course:
        return obj.unit.course

    @admin.display(description="quiz")
    def of_unit(self, question: Question) -> SafeString:
        url = reverse("admin:catalog_unit_change", args=[question.unit_id])
        return format_html('<a href="{}">{}</a>', url, question.unit)
