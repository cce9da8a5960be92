from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_access import SuperuserAdmin, may_curate
from catalog.models import Skill


@admin.register(Skill)
class SkillAdmin(SuperuserAdmin[Skill]):
    """Frameworks are shared: curators choose from them, and do not change them."""

    list_display = ("label", "uri")
    search_fields = ("label", "uri")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_curate(request)

    def has_view_permission(self, request: HttpRequest, obj: Skill | None = None) -> bool:
        return may_curate(request)
