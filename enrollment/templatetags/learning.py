"""What a page of the catalog may show of the reader's own learning."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from accounts.models import User
from catalog import reach
from catalog.judging import Evidence
from catalog.models import Course, CourseRun, Occupation, Status, Track
from enrollment import prerequisites, progress, recommending
from enrollment.models import Enrollment, MeasuredTime

register = template.Library()


@register.simple_tag
def enrolled_in(course: Course) -> list[Enrollment]:
    """Who learns in it now, the first first: for those who keep its records."""
    active = Enrollment.objects.active().filter(run__course=course)
    return list(active.select_related("learner", "run").order_by("enrolled_at", "pk"))


@register.inclusion_tag("enrollment/_panel.html", takes_context=True)
def enrollment_panel(context: RequestContext, course: Course, asks: bool = False) -> dict[str, Any]:
    """Where the reader stands in this course, and the runs that can be joined.

    ``asks``: whether the course has a rule for joining it, which is then judged for the reader.
    """
    user = context["user"]
    enrollments, missing = [], ""
    if isinstance(user, User):
        mine = user.enrollments.live().filter(run__course=course).select_related("run")
        enrollments = list(progress.with_place_in_line(progress.with_progress(mine)))
        if asks and not enrollments:
            missing = prerequisites.missing(user, course, at=timezone.now())
    joined = {one.run_id for one in enrollments if one.taken_again_at is None}
    open_runs = {run.pk: run for run in _open_runs(course)}
    runs = [run for run in open_runs.values() if run.pk not in joined]
    is_learning = not all(one.is_completed for one in enrollments)
    for one in enrollments:
        is_over = is_learning or one.taken_again_at is not None
        one.again = None if is_over else open_runs.get(one.run_id)  # type: ignore[attr-defined]
    return {
        "course": course,
        "enrollments": enrollments,
        "runs": runs,
        "asks": asks,
        "missing": missing,
        "can_enroll": any(not run.is_external for run in runs),
        "is_signed_in": isinstance(user, User),
        "here": context["request"].path,
        "csrf_token": context.get("csrf_token"),
    }


def _open_runs(course: Course) -> list[CourseRun]:
    """The soonest first. The course may be remembered with its runs; its seats are read anew."""
    if not course.is_published:
        return []
    today = timezone.now().date()
    runs = [copy.copy(run) for run in course.runs.all() if run.is_open_on(today)]
    limited = [run.pk for run in runs if run.seats is not None]
    if limited:
        taken = dict(CourseRun.objects.filter(pk__in=limited).values_list("pk", "seats_taken"))
        for run in runs:
            run.seats_taken = taken.get(run.pk, run.seats_taken)
    return sorted(runs, key=lambda run: (run.starts_on or datetime.date.min, run.pk))


@register.inclusion_tag("enrollment/_measured.html")
def measured_time(course: Course) -> dict[str, Any]:
    """What the course took those who finished it, once they are enough."""
    enough = MeasuredTime.objects.filter(course=course.pk, median_minutes__isnull=False)
    return {"measured": enough.first()}


@register.inclusion_tag("enrollment/_goal.html", takes_context=True)
def goal_panel(context: RequestContext, occupation: Occupation) -> dict[str, Any]:
    """Aim for this occupation, or no longer."""
    user = context["user"]
    return {
        "occupation": occupation,
        "is_signed_in": isinstance(user, User),
        "is_goal": isinstance(user, User) and occupation.goals.filter(learner=user).exists(),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def goal_of_reader(context: RequestContext) -> Occupation | None:
    user = context["user"]
    return recommending.aimed_for(user) if isinstance(user, User) else None


@register.inclusion_tag("enrollment/_reach.html", takes_context=True)
def course_reach(
    context: RequestContext,
    course: Course,
    needs: Sequence[tuple[Track, reach.Need]],
    counted_as: Sequence[int],
) -> dict[str, Any]:
    """Which tracks the course counts towards, and how far it brings the reader in each.

    What is retired brings on only those who have completed it.
    """
    user = context["user"]
    known = needs and isinstance(user, User)
    evidence = prerequisites.evidence(user) if known else Evidence()
    is_done = course.pk in evidence.completions
    now = timezone.now()
    found = [
        reach.reach(track, need, course=course, evidence=evidence, at=now, counted_as=counted_as)
        for track, need in (() if course.status == Status.RETIRED and not is_done else needs)
    ]
    return {"reaches": [one for one in found if one.is_known], "is_done": is_done}
