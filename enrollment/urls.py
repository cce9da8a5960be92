from __future__ import annotations

from django.urls import path

from enrollment import views

app_name = "enrollment"
urlpatterns = [
    path("learning/", views.home, name="home"),
    path("courses/runs/<uuid:run_id>/enroll", views.enroll, name="enroll"),
    path("learning/<uuid:enrollment_id>/", views.course, name="course"),
    path("learning/<uuid:enrollment_id>/withdraw", views.withdraw, name="withdraw"),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/", views.unit, name="unit"),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/finish", views.finish, name="finish"),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/submit", views.submit, name="submit"),
]
