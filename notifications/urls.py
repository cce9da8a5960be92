from __future__ import annotations

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/settings/", views.settings, name="settings"),
    path("inbox/<uuid:public_id>/", views.message, name="message"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
