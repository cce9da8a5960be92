from __future__ import annotations

from django.urls import path

from catalog import machine_views, provider_views, skill_views, views

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
    path("courses/<str:slug>/ctdl.json", machine_views.course_ctdl, name="course_ctdl"),
    path("tracks/<str:slug>/ctdl.json", machine_views.track_ctdl, name="track_ctdl"),
    path("providers/<str:slug>/", provider_views.provider, name="provider"),
    path("sitemap.xml", machine_views.sitemap, name="sitemap"),
    path("sitemap-<str:section>.xml", machine_views.sitemap, name="sitemap_section"),
    path("robots.txt", machine_views.robots, name="robots"),
    path("notices/", views.notices, name="notices"),
]
