from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import PartInline, ReasonForm, StackedPartInline, changed_fields
from accounts.models import Organization, User
from catalog import actions, drafting, elements, pages, prerequisites, revising, rule_text, rules
from catalog.admin.exchange import ExchangeMixin
from catalog.admin.formsets import OrderedFormSet, PositionForm, UsedRowsStay
from catalog.admin.publishing import PublishableAdmin
from catalog.admin.retiring import RetireCourseForm
from catalog.admin.wording import TERM_FIELDS, WORDING_FIELDS, WordingForm
from catalog.copying import copy_course
from catalog.models import (
    Achievement,
    Course,
    CourseRun,
    CourseSkill,
    CourseTranslation,
    LearningOutcome,
    Renewal,
    Status,
    Track,
    Unit,
)
from catalog.search import courses_changed
from catalog.signals import seats_changed


class ContentInline(PartInline):
    """What learners see: to be changed in a draft, and looked at everywhere."""

    def has_add_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return super().has_add_permission(request, obj) and is_editable(obj)

    def has_change_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return super().has_change_permission(request, obj) and is_editable(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return super().has_delete_permission(request, obj) and is_editable(obj)


def is_editable(course: Course | None) -> bool:
    """Whether its content may be changed here; that of what is published is, in its revision."""
    return course is None or course.status == Status.DRAFT


class UnitInline(ContentInline):
    model = Unit
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "kind", "title", "minutes", "is_required")
    show_change_link = True
    verbose_name_plural = "units (text and questions on each unit's own page)"


class OutcomeInline(ContentInline):
    model = LearningOutcome
    form = PositionForm
    formset = OrderedFormSet
    fields = ("position", "text", "level", "skills")
    autocomplete_fields = ("skills",)
    verbose_name_plural = "learning outcomes: what whoever completes the course can do"


class CourseForm(WordingForm):
    """The course, with the rule that its learners meet beforehand."""

    request: HttpRequest

    joining_rule = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "rule-text", "spellcheck": "false"}),
        help_text="Who does not meet it is told what is missing, and may ask to be let in. "
        "Written like the rule of a track: “all of”, below it indented “course: name”, "
        "“credential: name”, “track: name” or “skill: its label in quotes”. Empty: open to all.",
    )

    eqf_level = forms.TypedChoiceField(
        label="EQF level",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "---------"), *((n, f"{n}: {what}") for n, what in elements.HELP.items())],
        help_text="How demanding it is, by the European Qualifications Framework. "
        "Courses are not as long as what stands here, only as demanding.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = prerequisites.load(self.instance) if self.instance.pk else None
        if tree is not None:
            names = rule_text.names_of(tree)
            self.initial["joining_rule"] = rule_text.format_rule(tree, names=names)

    def clean_joining_rule(self) -> rules.Node | None:
        text = self.cleaned_data["joining_rule"]
        if not text.strip():
            return None
        among: Any = {"courses": Course.objects.published(), "tracks": Track.objects.published()}
        try:
            tree = rule_text.parse(
                text,
                lookup=rule_text.catalog_lookup(**among),
                nearest=rule_text.catalog_nearest(**among),
            )
        except rule_text.RuleTextError as error:
            raise forms.ValidationError(error.errors) from error
        problems = prerequisites.problems(self.instance, tree)
        if problems:
            raise forms.ValidationError(problems)
        return tree


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
        if data.get("is_cohort") and data.get("is_self_paced"):
            self.add_error("is_cohort", "A cohort goes together: it cannot be self-paced.")
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


class CourseRunInline(StackedPartInline):
    model = CourseRun
    form = CourseRunForm
    formset = CourseRunFormSet
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "is_self_paced",
                    ("starts_on", "ends_on"),
                    ("enrollment_opens_on", "enrollment_closes_on"),
                )
            },
        ),
        (
            "Price and seats",
            {
                "fields": (
                    ("price", "currency"),
                    ("accepts_invoice", "accepts_employer"),
                    ("seats", "seats_taken"),
                    "needs_approval",
                    "offer_hours",
                )
            },
        ),
        (
            "Together, or elsewhere",
            {
                "fields": (
                    ("is_cohort", "time_zone"),
                    ("is_external", "external_url"),
                ),
                "classes": ("collapse",),
            },
        ),
    )
    readonly_fields = ("seats_taken",)
    show_change_link = True
    verbose_name_plural = "runs (live sessions on each run's own page)"


class TranslationInline(admin.StackedInline[Any, Any]):
    model = CourseTranslation
    extra = 0
    fields = ("language", "title", "summary", "description", "prerequisites")
    verbose_name_plural = "in other languages (units on their own pages)"

    def has_view_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return is_editable(obj)

    def has_change_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return is_editable(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        return is_editable(obj)


class CourseSkillInline(ContentInline):
    model = CourseSkill
    autocomplete_fields = ("skill",)
    verbose_name_plural = "skills"


@admin.register(Course)
class CourseAdmin(ExchangeMixin, PublishableAdmin[Course]):
    form = CourseForm
    change_form_template = "admin/catalog/course_change_form.html"
    organization_lookups = ("provider", "awarding_body")
    fixed_once_published = ("slug", "awarding_body")
    list_display = ("title", "provider", "field", "status", "minutes", "published_on")
    list_filter = ("status", "field", ("provider", admin.RelatedOnlyFieldListFilter), "language")
    list_select_related = ("provider",)
    list_per_page = 50
    search_fields = ("title", "slug", "external_id", "provider__name")
    inlines = (OutcomeInline, UnitInline, CourseRunInline, CourseSkillInline, TranslationInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "provider", "awarding_body", "stage")}),
        (
            "What it is about",
            {"fields": ("summary", "description", "prerequisites", "joining_rule")},
        ),
        (
            "How it is completed",
            {"fields": ("min_grade", "grading_scale"), "classes": ("collapse",)},
        ),
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
        (
            "What the credential says",
            {"fields": (*WORDING_FIELDS, *TERM_FIELDS, "published_at", "versions")},
        ),
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

    @admin.display
    def joining_rule(self, course: Course) -> str:
        """Where it is only read."""
        tree = prerequisites.load(course)
        return prerequisites.sentence(tree) if tree else ""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("preview", self.preview_view),
            self.object_path("revise", self.revise_view),
            self.object_path("compare", self.compare_view),
            self.object_path("duplicate", self.duplicate_view),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> list[str]:
        fixed = [*super().get_readonly_fields(request, obj), "completeness"]
        if obj and obj.revises_id:
            # What the published course keeps, whatever its revision says.
            fixed += ["slug", "awarding_body", "external_id"]
        if is_editable(obj):
            return fixed
        shown: list[str] = flatten_fieldsets(self.fieldsets)
        return [*fixed, *(name for name in shown if name not in fixed)]

    def get_inlines(self, request: HttpRequest, obj: Course | None) -> Any:
        # A revision has no runs of its own: they stay with the course that learners see.
        is_revision = obj is not None and obj.revises_id is not None
        return [i for i in self.inlines if not (is_revision and i is CourseRunInline)]

    @admin.display(description="name of the credential")
    def credential_name(self, course: Course) -> str:
        return drafting.wording_in_force(course).name or course.title

    @admin.display(description="description of the credential")
    def credential_description(self, course: Course) -> str:
        return drafting.wording_in_force(course).description or course.summary

    @admin.display(description="criteria")
    def criteria(self, course: Course) -> str:
        version = drafting.shown_version(course)
        return version.criteria if version else ""

    @admin.display(description="valid for")
    def valid_months(self, course: Course) -> str:
        months = drafting.term_in_force(course).valid_months
        return f"{months} months" if months else "ever"

    @admin.display(description="renewed by")
    def renewal(self, course: Course) -> str:
        return str(Renewal(drafting.term_in_force(course).renewal).label)

    @admin.display(description="still missing")
    def completeness(self, course: Course) -> str:
        if not course.pk:
            return "After saving, this says what is not stated yet."
        missing = elements.missing(
            course,
            minutes=sum(course.units.values_list("minutes", flat=True)),
            outcomes=course.outcomes.count(),
        )
        if missing:
            return ", ".join(missing)
        unfinished = actions.unfinished(list(course.units.all()))
        if unfinished:
            return unfinished
        if course.revises_id is None and not course.runs.exists():
            return "Nothing for the review. But nobody can join before it has a run: add one below."
        return "Nothing: all European elements are stated."

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
            made = copy_course(course, title=f"{course.title} (copy)"[:200])
            self.log_addition(request, made, f"Copied from “{course}”.")
        messages.success(request, "This is the copy: a draft, with the same units and questions.")
        return redirect(self.object_url(made))

    def revise_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the draft of a published course's next state."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        course = self.object_or_404(request, object_id)
        self.require_change(request, course)
        if not course.is_public:
            raise PermissionDenied
        with transaction.atomic():
            is_new = not Course.objects.filter(revises=course).exists()
            revision = revising.revision_of(course)
            if is_new:
                self.log_addition(request, revision, f"Begun as the next state of “{course}”.")
        messages.success(request, "Learners see the published course until you publish this one.")
        return redirect(self.object_url(revision))

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where a revision differs from what is published."""
        course = self.object_or_404(request, object_id)
        if not self.has_view_permission(request, course) or course.revises_id is None:
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Changes to “{course.revises}”",
            "opts": self.opts,
            "original": course,
            "changes": revising.changes(course),
        }
        return TemplateResponse(request, "admin/catalog/compare.html", context)

    def stands_for(self, item: Course) -> Course:
        return item.revises or item

    def after_retiring(self, item: Course) -> str:
        under_way = sum(run.seats_taken for run in item.runs.all())
        if not under_way:
            return "Nobody is enrolled at the moment."
        are = "learner is" if under_way == 1 else "learners are"
        return f"{under_way} {are} enrolled: they keep their places and can finish."

    def retire_form(self, item: Course, data: Any) -> ReasonForm:
        return RetireCourseForm(data, course=item)

    def replace(self, request: HttpRequest, item: Course, form: Any) -> str:
        replacement, since = form.cleaned_data["replacement"], form.cleaned_data["since"]
        if replacement is None:
            return ""
        assert isinstance(request.user, User)
        stated = actions.state_equivalence(
            course=replacement,
            counts_as=item,
            since=since,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return f" “{replacement}” counts as it from {stated.since} on."

    def concerned(self, request: HttpRequest, item: Course) -> dict[str, Any]:
        equivalents = item.equivalents.select_related("course")
        return {**super().concerned(request, item), "is_course": True, "equivalents": equivalents}

    @admin.display(ordering="minutes")
    def minutes(self, course: Course) -> int:
        return int(getattr(course, "minutes", 0))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        courses_changed([form.instance.pk])

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "joining_rule" in form.changed_data:
            prerequisites.store(obj, form.cleaned_data["joining_rule"])
        if not obj.published_at:
            Achievement.objects.filter(course=obj).update(awarding_body=obj.awarding_body)
        if is_editable(obj) and form.says_something_else():
            drafting.save_wording(
                drafting.achievement_of(obj), form.entered_wording(), form.entered_term()
            )
