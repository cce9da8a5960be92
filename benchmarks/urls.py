from __future__ import annotations

from django.urls import include, path

from benchmarks import views

urlpatterns = [
    path("bench/bare/<str:name>", views.bare),
    path("bench/orm", views.orm),
    path("bench/redirect", views.redirected),
    path("", include("config.urls")),
]
