"""Every address of the site, app by app."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from accounts.views import SignInView
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    # Before allauth's own, whose place it takes.
    path("account/login/", SignInView.as_view(), name="account_login"),
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("api/", include("api.urls")),
    path("", include("wallets.urls")),
    path("", include("credentials.urls")),
    path("", include("enrollment.urls")),
    path("", include("catalog.urls")),
]
