from __future__ import annotations

from django.urls import path

from accounts import privacy, views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/data/", privacy.data, name="data"),
    path("profile/data/<uuid:public_id>.zip", privacy.download, name="download"),
    path("profile/erase/", privacy.erase, name="erase"),
    path("erased/", privacy.erased, name="erased"),
    path("language/<str:code>/", views.language, name="language"),
    path("dev/mail/", views.dev_mail, name="dev_mail"),
]
