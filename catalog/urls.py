from __future__ import annotations

from django.urls import path

from catalog import skill_views, views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("courses/", views.courses, name="courses"),
    path("courses/<str:slug>/", views.course, name="course"),
    path("tracks/", views.tracks, name="tracks"),
    path("tracks/<str:slug>/", views.track, name="track"),
    path("skills/<uuid:public_id>/", skill_views.skill, name="skill"),
    path("occupations/", skill_views.occupations, name="occupations"),
    path("occupations/<uuid:public_id>/", skill_views.occupation, name="occupation"),
    path("notices/", views.notices, name="notices"),
]
