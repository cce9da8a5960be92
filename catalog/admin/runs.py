"""A run's own page: when its live units take place."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin, PartInline
from catalog.models import CourseRun, LiveSession, Unit


class SessionForm(forms.ModelForm[LiveSession]):
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The session ends before it starts.")
        if starts_at and ends_at and ends_at - starts_at > datetime.timedelta(days=1):
            self.add_error("ends_at", "A session lasts at most a day: plan one for each day.")
        return data


class SessionInline(PartInline):
    model = LiveSession
    form = SessionForm
    fields = ("unit", "starts_at", "ends_at", "place", "url")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            match = request.resolver_match
            run_id = match.kwargs.get("object_id") if match else None
            kwargs["queryset"] = Unit.objects.filter(kind=Unit.Kind.LIVE, course__runs=run_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(CourseRun)
class CourseRunAdmin(CuratorAdmin[CourseRun]):
    """Made and changed on the page of its course; here its sessions are planned."""

    is_hidden = True
    organization_lookups = ("course__provider", "course__awarding_body")
    list_display = ("__str__", "course", "starts_on", "ends_on")
    list_select_related = ("course",)
    search_fields = ("title", "course__title")
    fields = readonly_fields = ("of_course", "title", "starts_on", "ends_on", "time_zone")
    inlines = (SessionInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CourseRun | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Times are entered and shown in the time zone of the run."""
        run = self.get_object(request, object_id or "")
        if run is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with timezone.override(run.zone):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def response_post_save_change(
        self, request: HttpRequest, obj: CourseRun
    ) -> HttpResponseRedirect:
        return redirect("admin:catalog_course_change", obj.course_id)

    @admin.display(description="course")
    def of_course(self, run: CourseRun) -> SafeString:
        url = reverse("admin:catalog_course_change", args=[run.course_id])
        return format_html('<a href="{}">{}</a>', url, run.course)
