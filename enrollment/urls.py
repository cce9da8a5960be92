from __future__ import annotations

from django.urls import path

from enrollment.views import (
    assignments,
    attendance,
    gradebook,
    home,
    joining,
    learning,
    quizzes,
    reviewing,
    teaching,
)

app_name = "enrollment"
urlpatterns = [
    path("learning/", home.home, name="home"),
    path("learning/calendar/<str:token>.ics", home.calendar, name="calendar"),
    path("learning/goal/<uuid:occupation_id>", home.goal, name="goal"),
    path("courses/runs/<uuid:run_id>/enroll", joining.enroll, name="enroll"),
    path("learning/<uuid:enrollment_id>/", learning.course, name="course"),
    path("courses/<str:slug>/exemption", joining.exemption, name="exemption"),
    path("learning/<uuid:enrollment_id>/again", joining.take_again, name="take_again"),
    path("learning/<uuid:enrollment_id>/accept", joining.accept, name="accept"),
    path("learning/<uuid:enrollment_id>/move", joining.move, name="move"),
    path("learning/<uuid:enrollment_id>/withdraw", joining.withdraw, name="withdraw"),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/time", learning.time, name="time"),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/", learning.unit, name="unit"),
    path(
        "learning/<uuid:enrollment_id>/units/<uuid:unit_id>/finish", learning.finish, name="finish"
    ),
    path("learning/<uuid:enrollment_id>/units/<uuid:unit_id>/start", quizzes.start, name="start"),
    path(
        "learning/<uuid:enrollment_id>/units/<uuid:unit_id>/submit", quizzes.submit, name="submit"
    ),
    path(
        "learning/<uuid:enrollment_id>/units/<uuid:unit_id>/hand-in",
        assignments.hand_in,
        name="hand_in",
    ),
    path("learning/files/<uuid:file_id>", assignments.file, name="file"),
    path("reviewing/", reviewing.queue, name="reviewing"),
    path("reviewing/<uuid:submission_id>/", reviewing.marking, name="marking"),
    path("reviewing/<uuid:submission_id>/correct", reviewing.correct, name="correct"),
    path("teaching/", teaching.runs, name="teaching"),
    path("teaching/<uuid:run_id>/", teaching.cohort, name="cohort"),
    path("teaching/<uuid:run_id>/waiting/", teaching.waiting, name="waiting"),
    path("teaching/<uuid:run_id>/write/", teaching.write, name="write"),
    path("teaching/<uuid:run_id>/grades/", gradebook.grades, name="grades"),
    path("teaching/<uuid:run_id>/grades.csv", gradebook.grades_file, name="grades_file"),
    path("teaching/<uuid:run_id>/sessions/", attendance.sessions, name="sessions"),
    path(
        "teaching/<uuid:run_id>/sessions/<uuid:session_id>/",
        attendance.attendance,
        name="attendance",
    ),
]
