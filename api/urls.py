from __future__ import annotations

from django.urls import include, path, re_path

from api import views
from api.oauth import RevokeTokenView, TokenView

app_name = "api"
urlpatterns = [
    path("oauth/token", TokenView.as_view(), name="token"),
    path("oauth/revoke", RevokeTokenView.as_view(), name="revoke_token"),
    path("docs/", views.docs, name="docs"),
    path("v1/", include("api.v1.urls")),
    re_path(r"", views.nothing_here, name="nothing_here"),
]
