"""Apps that have registered themselves: for the people who run the installation."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_access import SuperuserAdmin
from accounts.models import ApiClient
from wallets.connections import host_of
from wallets.models import RegisteredApp


@admin.register(RegisteredApp)
class RegisteredAppAdmin(SuperuserAdmin[RegisteredApp]):
    """What an app says of itself is its own. Deleting one disconnects everybody from it."""

    list_display = ("application", "hosts", "registered_at", "first_allowed_at")
    list_select_related = ("application",)
    list_filter = ("first_allowed_at",)
    search_fields = ("application__name", "application__client_id")
    fields = ("application", "hosts", "scope", "metadata", "registered_at", "first_allowed_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RegisteredApp | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: RegisteredApp) -> None:
        obj.application.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RegisteredApp]) -> None:
        ApiClient.objects.filter(registered_app__in=queryset).delete()

    @admin.display(description="leads to")
    def hosts(self, app: RegisteredApp) -> str:
        return ", ".join(dict.fromkeys(map(host_of, app.metadata["redirect_uris"])))
