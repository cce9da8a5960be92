from __future__ import annotations

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("language/<str:code>/", views.language, name="language"),
    path("dev/mail/", views.dev_mail, name="dev_mail"),
]
