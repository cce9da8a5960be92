"""Learners who ask to be let in without what a course builds on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import CuratorAdmin
from accounts.models import User
from enrollment import actions
from enrollment.models import Exemption


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Answer to the learner",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


@admin.register(Exemption)
class ExemptionAdmin(CuratorAdmin[Exemption]):
    is_read_only = True
    organization_lookups = ("course__provider", "course__awarding_body")
    change_form_template = "admin/enrollment/exemption_change_form.html"
    list_display = ("learner", "course", "status", "asked_at", "decided_at", "decided_by")
    list_filter = ("status",)
    list_select_related = ("learner", "course", "decided_by")
    search_fields = ("learner__email", "learner__credential_name", "course__title")
    fields = (
        *("learner", "course", "reason", "status", "asked_at"),
        *("decided_at", "decided_by", "answer"),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("grant", self.grant_view),
            self.object_path("refuse", self.refuse_view),
            *super().get_urls(),
        ]

    def grant_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, is_granted=True)

    def refuse_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, is_granted=False)

    def _decide(self, request: HttpRequest, object_id: str, *, is_granted: bool) -> HttpResponse:
        exemption = self.object_or_404(request, object_id)
        is_own = exemption.learner_id == request.user.pk
        if is_own or not self.owns(request, exemption) or not isinstance(request.user, User):
            raise PermissionDenied
        data: Any = request.POST if request.method == "POST" else None
        form = AnswerForm(data)
        if form.is_valid():
            decided = actions.decide_exemption(
                exemption=exemption,
                is_granted=is_granted,
                by=request.user,
                answer=form.cleaned_data["answer"],
                at=timezone.now(),
            )
            if decided:
                self.log_change(request, exemption, "Granted." if is_granted else "Refused.")
            else:
                messages.info(request, "This had been decided before.")
            return redirect(self.object_url(exemption))
        return self.ask_why(
            request,
            exemption,
            title="Grant this request" if is_granted else "Refuse this request",
            button="Grant" if is_granted else "Refuse",
            explanation="The learner may join without what the course builds on."
            if is_granted
            else "The learner may ask again.",
            form=form,
        )
