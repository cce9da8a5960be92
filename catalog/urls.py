from __future__ import annotations

from django.urls import path

from catalog.views import browsing, machines, providers, skills

app_name = "catalog"
urlpatterns = [
    path("", browsing.home, name="home"),
    path("courses/", browsing.courses, name="courses"),
    path("courses/<str:slug>/", browsing.course, name="course"),
    path("tracks/", browsing.tracks, name="tracks"),
    path("tracks/<str:slug>/", browsing.track, name="track"),
    path("skills/<uuid:public_id>/", skills.skill, name="skill"),
    path("occupations/", skills.occupations, name="occupations"),
    path("occupations/<uuid:public_id>/", skills.occupation, name="occupation"),
    path("courses/<str:slug>/ctdl.json", machines.course_ctdl, name="course_ctdl"),
    path("tracks/<str:slug>/ctdl.json", machines.track_ctdl, name="track_ctdl"),
    path("providers/<str:slug>/", providers.provider, name="provider"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<str:section>.xml", machines.sitemap, name="sitemap_section"),
    path("robots.txt", machines.robots, name="robots"),
    path("notices/", browsing.notices, name="notices"),
]
