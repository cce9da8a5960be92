from __future__ import annotations

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("courses/", views.courses, name="courses"),
    path("courses/<str:slug>/", views.course, name="course"),
    path("tracks/", views.tracks, name="tracks"),
    path("tracks/<str:slug>/", views.track, name="track"),
    path("notices/", views.notices, name="notices"),
]
