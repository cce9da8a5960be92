"""Where awards and their rules were found not to agree, to be read."""

from __future__ import annotations

import datetime

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import CuratorAdmin
from credentials import actions
from credentials.admin.by_hand import list_path
from credentials.models import Drift, ReconcileRun

JUST_NOW = datetime.timedelta(minutes=1)
"""Everything is judged anew each time: whoever presses twice waits."""


@admin.register(Drift)
class DriftAdmin(CuratorAdmin[Drift]):
    is_read_only = True
    # The first page leads here when there is something to see.
    is_hidden = True
    organization_lookups = ("achievement__awarding_body",)
    list_display = ("learner", "achievement", "kind", "reason", "award", "run")
    list_filter = ("kind", ("run", admin.RelatedOnlyFieldListFilter))
    list_select_related = (
        "learner",
        "achievement__course",
        "achievement__track",
        "award__version",
        "award__learner",
        "run",
    )

    def get_urls(self) -> list[URLPattern]:
        return [list_path(self, "compare", self.compare_view), *super().get_urls()]

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Let a worker do now what it does every night: compare, and queue whoever is missing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if ReconcileRun.objects.filter(at__gt=timezone.now() - JUST_NOW).exists():
            messages.info(request, "All awards were compared less than a minute ago.")
        else:
            actions.request_reconciling(at=timezone.now())
            messages.success(request, "All awards are compared at once. Look again in a moment.")
        return redirect("admin:index")
