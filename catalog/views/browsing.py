"""The public catalog: everything here can be seen without an account."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import facets
from catalog.cards import cards, with_texts
from catalog.models import Course, Field, Occupation
from catalog.pages import course_page, published_tracks, track_page
from catalog.remembering import remembered
from catalog.search import FACETS, MAX_PAGE, PAGE_SIZE, SORTS, Filters, find

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/home.html", remembered("home", _front))


def _front() -> dict[str, Any]:
    """What the front page shows of the catalog."""
    counts = dict(
        Course.objects.published().order_by().values_list("field").annotate(n=Count("pk"))
    )
    stacked = Q(achievement__versions__rule_nodes__achievement__isnull=False)
    # Those that stand on other tracks show best what a stack is.
    tracks = published_tracks().annotate(
        stacked=Count("achievement__versions__rule_nodes", filter=stacked)
    )
    newest = Course.objects.published().order_by("-published_at", "title")
    return {
        "fields": [(f.value, f.label, counts[f.value]) for f in Field if f.value in counts],
        "course_count": sum(counts.values()),
        "tracks": list(tracks.order_by("-stacked", "title")[:3]),
        "has_occupations": Occupation.objects.in_use().exists(),
        "courses": with_texts(newest[:3]),
    }


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
    # A course may be read in another language than the interface has.
    language = request.GET.get("in", "")
    if not LANGUAGE_TAG.fullmatch(language):
        language = ""
    page = remembered(
        ("course", slug, language),
        lambda: course_page(Course.objects.public(), slug, language=language),
    )
    return render(request, "catalog/course.html", page)


@login_not_required
@require_safe
def tracks(request: HttpRequest) -> HttpResponse:
    page = Paginator(published_tracks(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "catalog/tracks.html", {"page": page})


@login_not_required
@require_safe
def track(request: HttpRequest, slug: str) -> HttpResponse:
    """Retired tracks keep their page: credentials point to it."""
    page = remembered(("track", slug), lambda: track_page(slug))
    return render(request, "catalog/track.html", page)


@login_not_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/notices.html")
