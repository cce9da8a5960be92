"""The admin pages that libraries bring, replaced or left out."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)

from accounts.admin import ApiClientAdmin, EmailAddressAdmin
from accounts.models import ApiClient


def replace_library_screens(site: admin.AdminSite) -> None:
    """Leave no screen that is governed by permissions given by hand, or that shows tokens."""
    for model in (
        ApiClient,
        EmailAddress,
        Group,
        get_access_token_model(),  # type: ignore[no-untyped-call]
        get_grant_model(),  # type: ignore[no-untyped-call]
        get_id_token_model(),  # type: ignore[no-untyped-call]
        get_refresh_token_model(),  # type: ignore[no-untyped-call]
    ):
        if site.is_registered(model):
            site.unregister(model)
    # Beside our own accounts, a second list of that name would say nothing.
    apps.get_app_config("account").verbose_name = "Sign-in"
    site.register(ApiClient, ApiClientAdmin)
    site.register(EmailAddress, EmailAddressAdmin)
