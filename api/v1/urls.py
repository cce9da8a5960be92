from __future__ import annotations

from django.urls import path

from api.schema import SchemaView
from api.v1 import views
from api.v1.search import CourseSearch
from api.v1.verification import Verify

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("courses", views.CourseList.as_view(), name="courses"),
    path("courses/search", CourseSearch.as_view(), name="course_search"),
    path("courses/<uuid:public_id>", views.CourseDetail.as_view(), name="course"),
    path("tracks", views.TrackList.as_view(), name="tracks"),
    path("tracks/<uuid:public_id>", views.TrackDetail.as_view(), name="track"),
    path("completions", views.CompletionList.as_view(), name="completions"),
    path("completions/<uuid:public_id>", views.CompletionDetail.as_view(), name="completion"),
    path("verify", Verify.as_view(), name="verify"),
]
