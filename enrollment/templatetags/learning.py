"""What a page of the catalog may show of the reader's own learning."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from accounts.models import User
from catalog.models import Course
from enrollment import progress

register = template.Library()


@register.inclusion_tag("enrollment/_panel.html", takes_context=True)
def enrollment_panel(context: RequestContext, course: Course) -> dict[str, Any]:
    """Where the reader stands in this course, and the runs that can be joined."""
    user = context["user"]
    enrollments = []
    if isinstance(user, User):
        mine = user.enrollments.live().filter(run__course=course).select_related("run")
        enrollments = list(progress.with_place_in_line(progress.with_progress(mine)))
    open_runs = course.runs.none()
    if course.is_published:
        open_runs = course.runs.open_on(timezone.now().date()).soonest_first()
    return {
        "course": course,
        "enrollments": enrollments,
        "runs": open_runs.exclude(pk__in=[one.run_id for one in enrollments]),
        "is_signed_in": isinstance(user, User),
        "here": context["request"].path,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def completed_course_ids(context: RequestContext) -> Collection[int]:
    user = context["user"]
    return progress.completed_course_ids(user) if isinstance(user, User) else frozenset()
