"""Units with their text, and quizzes: how they are taken, their questions, what is right."""

from __future__ import annotations

from typing import Any, ClassVar

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
from catalog.models import (
    Choice,
    Question,
    QuestionPool,
    Quiz,
    Unit,
    UnitTranslation,
)
from catalog.quizzes import Content, Part, fault
from catalog.search import courses_changed


class QuizInline(PartInline):
    model = Quiz
    fields = (
        *("max_attempts", "time_limit", "wait_minutes", "counts"),
        *("gives_partial_credit", "shuffles_questions", "shuffles_choices"),
    )
    extra = 1
    max_num = 1
    can_delete = False
    verbose_name_plural = "how the quiz is taken"


class QuestionPoolInline(PartInline):
    model = QuestionPool
    fields = ("name", "draws")
    verbose_name_plural = "pools: each attempt asks some of the questions that name one"


class QuestionInline(PartInline):
    model = Question
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "text", "kind", "explanation", "pool")
    show_change_link = True
    verbose_name_plural = "questions (what is right, on each question's own page)"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("text", "explanation"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 28})
        if db_field.name == "pool":
            kwargs["widget"] = forms.TextInput(attrs={"size": 10})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class UnitTranslationInline(PartInline):
    model = UnitTranslation
    fields = ("language", "title", "body")
    verbose_name_plural = "in other languages"


@admin.register(Unit)
class UnitAdmin(PartAdmin):
    course_path = "course"
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
    inlines = (
        *(UnitTranslationInline, QuizInline, QuestionPoolInline, QuestionInline),
        *(AssignmentInline, CriterionInline),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(preview)
        return [path("markdown/", view, name="catalog_unit_markdown"), *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body":
            kwargs["widget"] = MarkdownTextarea()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

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
            own = [QuizInline, QuestionPoolInline, QuestionInline]
        elif obj and obj.is_assignment:
            own = [AssignmentInline, CriterionInline]
        return [UnitTranslationInline, *own]


class ChoiceFormSet(OrderedFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not self._should_delete_form(form)  # type: ignore[attr-defined]
        ]
        parts = tuple(
            Part(row.get("text", ""), row.get("match", ""), row.get("is_correct", False))
            for row in rows
        )
        right = sum(part.is_correct for part in parts)
        if self.instance.kind == Question.Kind.SINGLE and right != 1:
            raise ValidationError(f"Mark exactly one choice as right; {right} are.")
        if self.instance.kind == Question.Kind.MULTIPLE and right == 0:
            raise ValidationError("Mark at least one choice as right.")
        asked = Content(kind=self.instance.kind, text=self.instance.text, parts=parts)
        if why := fault(asked):
            raise ValidationError(f"This question cannot be answered: {why}.")


class ChoiceForm(PositionForm):
    """A choice has a text. Only of a pair may the left side be empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "match" not in self.fields and "text" in self.fields:
            self.fields["text"].required = True


class ChoiceInline(PartInline):
    model = Choice
    form = ChoiceForm
    formset = ChoiceFormSet
    fields: ClassVar[tuple[str, ...]] = ("position", "text", "is_correct")
    extra = 2


class AcceptedInline(ChoiceInline):
    fields = ("position", "text")
    verbose_name = "accepted text"
    verbose_name_plural = (
        "texts that are accepted (capitals, spaces and typographic signs make no difference)"
    )


class StepInline(ChoiceInline):
    fields = ("position", "text")
    verbose_name = "thing"
    verbose_name_plural = "things in their right order (learners see them shuffled)"


class PairInline(ChoiceInline):
    fields = ("position", "text", "match")
    verbose_name = "pair"
    verbose_name_plural = "pairs (without a left side: something that fits nothing)"


INLINES: dict[str, type[ChoiceInline]] = {
    Question.Kind.SINGLE: ChoiceInline,
    Question.Kind.MULTIPLE: ChoiceInline,
    Question.Kind.TEXT: AcceptedInline,
    Question.Kind.ORDERING: StepInline,
    Question.Kind.MATCHING: PairInline,
}


@admin.register(Question)
class QuestionAdmin(PartAdmin):
    course_path = "unit.course"
    organization_lookups = ("unit__course__provider", "unit__course__awarding_body")
    list_display = ("text", "unit", "kind")
    list_select_related = ("unit",)
    search_fields = ("text", "unit__title")
    # Its kind is chosen on the quiz's page: what stands on this one follows from it.
    readonly_fields = ("of_unit", "kind")
    inlines = (ChoiceInline,)

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> Any:
        number = ["answer", "tolerance"] if obj and obj.kind == Question.Kind.NUMERIC else []
        return ["of_unit", "kind", "text", *number, "explanation", "pool"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "answer":
            field.required = True
        return field

    def get_inlines(self, request: HttpRequest, obj: Question | None) -> list[Any]:
        return [INLINES[obj.kind]] if obj and obj.kind in INLINES else []

    @admin.display(description="quiz")
    def of_unit(self, question: Question) -> SafeString:
        url = reverse("admin:catalog_unit_change", args=[question.unit_id])
        return format_html('<a href="{}">{}</a>', url, question.unit)
