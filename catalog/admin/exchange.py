"""Courses to and from CSV and XLSX: the columns of the import format, a row for each course."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils import timezone
from import_export import fields, resources
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm, ImportForm
from import_export.results import RowResult

from accounts.admin_access import is_superuser
from accounts.models import Organization, User
from catalog import drafting
from catalog.actions import CannotPublish
from catalog.importing import courses
from catalog.importing.csv_columns import KINDS, to_json
from catalog.importing.fields import Invalid
from catalog.importing.format import PARSERS
from catalog.importing.outcomes import Verdict
from catalog.models import Course, Status

MOST_BYTES = 2_000_000
"""Below what the site accepts in one request. Larger catalogs go through ``import_catalog``."""
COLUMNS = list(KINDS["courses"].columns)
TYPES = {
    Verdict.CREATED: RowResult.IMPORT_TYPE_NEW,
    Verdict.UPDATED: RowResult.IMPORT_TYPE_UPDATE,
    Verdict.UNCHANGED: RowResult.IMPORT_TYPE_SKIP,
}


class CourseResource(resources.ModelResource):  # type: ignore[misc]
    """Exports what an import would read, and imports by the importer of ``import_catalog``.

    Curators import drafts: what is published changes by way of a review. ``user`` is the curator.
    """

    provider = fields.Field("provider__external_id", column_name="provider")
    awarding_body = fields.Field("awarding_body__external_id", column_name="awarding_body")
    skills = fields.Field(column_name="skills")
    achievement_kind = fields.Field(column_name="achievement_kind")
    achievement_name = fields.Field(column_name="achievement_name")
    achievement_description = fields.Field(column_name="achievement_description")
    achievement_criteria = fields.Field(column_name="achievement_criteria")

    class Meta:
        model = Course
        import_id_fields = ("external_id",)
        fields = COLUMNS
        export_order = COLUMNS
        import_order = COLUMNS
        use_transactions = True
        skip_diff = True

    def __init__(self, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user

    def get_queryset(self) -> models.QuerySet[Course]:
        return Course.objects.select_related("provider", "awarding_body").prefetch_related("skills")

    def dehydrate_skills(self, course: Course) -> str:
        return "|".join(skill.uri for skill in course.skills.all())

    def dehydrate_achievement_kind(self, course: Course) -> str:
        achievement = getattr(course, "achievement", None)
        return achievement.kind if achievement else ""

    def dehydrate_achievement_name(self, course: Course) -> str:
        return drafting.wording_in_force(course).name

    def dehydrate_achievement_description(self, course: Course) -> str:
        return drafting.wording_in_force(course).description

    def dehydrate_achievement_criteria(self, course: Course) -> str:
        return drafting.wording_in_force(course).criteria

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        headers = [str(header or "").strip() for header in dataset.headers or []]
        unknown = sorted(set(headers) - set(COLUMNS))
        missing = sorted(KINDS["courses"].needed - set(headers))
        problems = [f"There is no column “{name}” in the format." for name in unknown]
        problems += [f"The column “{name}” is missing." for name in missing]
        if problems:
            raise ValidationError(problems)

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        result = RowResult()
        result.row_values = row
        try:
            with transaction.atomic():
                course, verdict = self._apply(row)
        except (Invalid, CannotPublish, IntegrityError) as problem:
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            problems = getattr(problem, "problems", None) or [str(problem)]
            result.validation_error = ValidationError(list(problems))
            return result
        result.import_type = TYPES[verdict]
        result.diff = [_cell(row.get(name)) for name in self.get_diff_headers()]
        result.add_instance_info(course)
        result.instance = course  # for the history of the course
        return result

    def _apply(self, row: dict[str, Any]) -> tuple[Course, Verdict]:
        cells = {name: _cell(row.get(name)) for name in COLUMNS if name in row}
        clean = PARSERS["courses"](to_json("courses", cells))
        self._check(clean)
        verdict = courses.importer([clean])(clean, at=timezone.now())
        return Course.objects.get(external_id=clean["external_id"]), verdict

    def _check(self, row: dict[str, Any]) -> None:
        if self.user is None or self.user.is_superuser:
            return
        course = Course.objects.filter(external_id=row["external_id"]).first()
        own = Organization.objects.curated_by(self.user)
        if course and not own.filter(pk__in=[course.provider_id, course.awarding_body_id]).exists():
            raise Invalid("external_id: this is the course of an organization that is not yours")
        for name in ("provider", "awarding_body"):
            if row.get(name) and not own.filter(external_id=row[name]).exists():
                raise Invalid(f"{name}: you do not curate an organization with this external id")
        if course and course.status != Status.DRAFT:
            raise Invalid(
                "external_id: the course is no draft any more; change it in a draft, on its page"
            )
        row["status"] = Status.DRAFT


def _cell(value: Any) -> str:
    """Spreadsheets have numbers where a CSV file has digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # What was exported with a sign against formulas comes back without it.
    text = str(value)
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


class LimitedImportForm(ImportForm):  # type: ignore[misc]
    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file has more than {MOST_BYTES // 1_000_000} MB. Split it."
            )
        return file


class ExchangeMixin(ImportExportMixin):  # type: ignore[misc]
    """Import with a preview, and export, on the list page of courses."""

    resource_classes = (CourseResource,)
    formats = (CSV, XLSX)
    import_form_class = LimitedImportForm
    # The other one chooses columns by a script that the content security policy refuses.
    export_form_class = ExportForm
    import_error_display = ("message",)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"user": None if is_superuser(request) else request.user}
