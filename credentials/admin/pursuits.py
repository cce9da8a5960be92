"""Who is under way by which version, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_access import CuratorAdmin
from credentials.models import Pursuit


class UnderWayFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("under-way", "under way, without the award")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pursuit]) -> QuerySet[Pursuit]:
        if self.value() != "under-way":
            return queryset
        return queryset & Pursuit.objects.without_award()


@admin.register(Pursuit)
class PursuitAdmin(CuratorAdmin[Pursuit]):
    is_read_only = True
    # The list of versions leads here.
    is_hidden = True
    organization_lookups = ("achievement__awarding_body",)
    list_display = ("learner", "version", "joined_at", "is_chosen")
    list_filter = (UnderWayFilter, "is_chosen")
    list_select_related = ("learner", "version")
    search_fields = ("learner__email", "learner__credential_name")
    fields = ("learner", "achievement", "version", "joined_at", "is_chosen")
