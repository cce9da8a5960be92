"""The public catalog: everything here can be seen without an account."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import elements, facets, rules, stacks, structured
from catalog.cards import cards
from catalog.models import AchievementVersion, Course, Field, Occupation, Status, Track
from catalog.models.tracks import TrackQuerySet
from catalog.remembering import remembered
from catalog.search import FACETS, MAX_PAGE, PAGE_SIZE, SORTS, Filters, find


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    counts = dict(
        Course.objects.published().order_by().values_list("field").annotate(n=Count("pk"))
    )
    stacked = Q(achievement__versions__rule_nodes__achievement__isnull=False)
    # Those that stand on other tracks show best what a stack is.
    tracks = _tracks().annotate(stacked=Count("achievement__versions__rule_nodes", filter=stacked))
    newest = Course.objects.published().order_by("-published_at", "title")
    return render(
        request,
        "catalog/home.html",
        {
            "fields": [(f.value, f.label, counts[f.value]) for f in Field if f.value in counts],
            "course_count": sum(counts.values()),
            "tracks": tracks.order_by("-stacked", "title")[:3],
            "has_occupations": Occupation.objects.in_use().exists(),
            "courses": newest.select_related("provider").with_workload()[:3],
        },
    )


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-History-Restore-Request")
def courses(request: HttpRequest) -> HttpResponse:
    """Each state of the search is an address; htmx asks for what changes with it alone."""
    filters = Filters.read(request.GET)
    found = find(filters, facets=FACETS)
    pages = min(MAX_PAGE, -(-found.total // PAGE_SIZE))
    is_fragment = "HX-Request" in request.headers and (
        "HX-History-Restore-Request" not in request.headers
    )
    return render(
        request,
        "catalog/_finder.html" if is_fragment else "catalog/courses.html",
        {
            "filters": filters,
            "found": found,
            "cards": cards(found),
            "facets": facets.facets(filters, found),
            "choices": facets.choices(filters, found),
            "sorts": SORTS if filters.text else SORTS[1:],
            "pages": pages,
            "previous": filters.on_page(filters.page - 1).urlencode() if filters.page > 1 else None,
            "next": filters.on_page(filters.page + 1).urlencode() if filters.page < pages else None,
            "is_fragment": is_fragment,
        },
    )


@login_not_required
@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """Retired courses keep their page: credentials point to it."""
    page = remembered(("course", slug), lambda: _course_page(slug))
    return render(request, "catalog/course.html", page)


def _course_page(slug: str) -> dict[str, Any]:
    course = get_object_or_404(
        Course.objects.exclude(status=Status.DRAFT)
        .select_related("provider", "awarding_body", "achievement")
        .prefetch_related("runs")
        .with_workload(),
        slug=slug,
    )
    outcomes = list(course.outcomes.all())
    minutes = getattr(course, "minutes", 0)
    stated = elements.elements(course, minutes=minutes, outcomes=len(outcomes))
    context: dict[str, Any] = {
        "crumbs": _crumbs("Courses", "catalog:courses", here=course.title),
        "course": course,
        "outcomes": outcomes,
        "elements": [one for one in stated if one.value and one.key in elements.FINE_PRINT],
        "level_stage": elements.HELP.get(course.eqf_level or 0, ""),
        "version": course.achievement.versions.current().first(),
        "skills": list(course.skills.all()),
        "units": list(course.units.all()),
        "tracks": list(
            _tracks_over(
                Q(rule_nodes__course=course) | Q(rule_nodes__achievement=course.achievement)
            )
        ),
    }
    linked = structured.course(
        course,
        minutes=minutes,
        skills=context["skills"],
        outcomes=outcomes,
        version=context["version"],
    )
    return {"course": course, "json_ld": linked_data(linked), **_rendered(COURSE_PARTS, context)}


_NO_MARKUP = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def linked_data(document: dict[str, Any]) -> SafeString:
    """JSON-LD for a ``<script>`` that nobody runs: nothing in it can end that element."""
    return mark_safe(json.dumps(document, ensure_ascii=False).translate(_NO_MARKUP))  # noqa: S308


COURSE_PARTS = {
    "head": "catalog/_course_head.html",
    "facts": "catalog/_course_facts.html",
    "body": "catalog/_course_body.html",
}
TRACK_PARTS = {
    "head": "catalog/_track_head.html",
    "facts": "catalog/_track_facts.html",
    "body": "catalog/_track_body.html",
}


def _rendered(parts: dict[str, str], context: dict[str, Any]) -> dict[str, SafeString]:
    return {name: render_to_string(template, context) for name, template in parts.items()}


@login_not_required
@require_safe
def tracks(request: HttpRequest) -> HttpResponse:
    page = Paginator(_tracks(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "catalog/tracks.html", {"page": page})


@login_not_required
@require_safe
def track(request: HttpRequest, slug: str) -> HttpResponse:
    """Retired tracks keep their page: credentials point to it."""
    page = remembered(("track", slug), lambda: _track_page(slug))
    return render(request, "catalog/track.html", page)


def _track_page(slug: str) -> dict[str, Any]:
    track = get_object_or_404(
        Track.objects.exclude(status=Status.DRAFT).select_related(
            "organization", "achievement__awarding_body"
        ),
        slug=slug,
    )
    version = get_object_or_404(track.achievement.versions.current())
    tree = rules.load(version)
    context: dict[str, Any] = {
        "crumbs": _crumbs("Tracks", "catalog:tracks", here=track.title),
        "track": track,
        "version": version,
        "skills": list(version.skills.all()),
        "tracks": list(_tracks_over(Q(rule_nodes__achievement=track.achievement))),
    }
    linked = structured.track(track, version=version, skills=context["skills"])
    return {
        "track": track,
        "json_ld": linked_data(linked),
        "rule": rules.sentence(tree, names=rules.leaf_names(tree)) if tree else version.criteria,
        "stack": stacks.load(track),
        **_rendered(TRACK_PARTS, context),
    }


@login_not_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/notices.html")


def _crumbs(above: str, view: str, *, here: str) -> list[dict[str, str]]:
    return [{"label": above, "url": reverse(view)}, {"label": Truncator(here).chars(60)}]


def _tracks() -> TrackQuerySet:
    return (
        Track.objects.published()
        .filter(achievement__isnull=False)
        .select_related("organization", "achievement")
        .order_by("title")
    )


def _tracks_over(part: Q) -> TrackQuerySet:
    """The tracks whose rule in force names this part."""
    return _tracks().filter(
        achievement__versions__in=AchievementVersion.objects.current().filter(part)
    )
