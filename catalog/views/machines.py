"""What machines read of the public catalog: CTDL, the sitemap, robots.txt."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemaps
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog import structured
from catalog.models import Course, Track
from catalog.sitemaps import SITEMAPS


@login_not_required
@require_safe
def course_ctdl(request: HttpRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(
        Course.objects.public().select_related("provider").with_workload(),
        slug=slug,
    )
    return _ctdl(
        structured.ctdl_course(
            course, minutes=getattr(course, "minutes", 0), skills=list(course.skills.all())
        )
    )


@login_not_required
@require_safe
def track_ctdl(request: HttpRequest, slug: str) -> HttpResponse:
    track = get_object_or_404(
        Track.objects.public().select_related("organization", "achievement"),
        slug=slug,
    )
    version = get_object_or_404(track.achievement.versions.current())
    return _ctdl(structured.ctdl_track(track, version=version, skills=list(version.skills.all())))


def _ctdl(document: dict[str, Any]) -> HttpResponse:
    return JsonResponse(document, content_type="application/ld+json")


@login_not_required
@require_safe
def sitemap(request: HttpRequest, section: str | None = None) -> HttpResponse:
    if section is None:
        return sitemaps.index(request, SITEMAPS, sitemap_url_name="catalog:sitemap_section")
    return sitemaps.sitemap(request, SITEMAPS, section=section)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        # Pages of one visitor, and the endless combinations of filters.
        *(f"Disallow: {path}" for path in ("/account/", "/admin/", "/learning/", "/courses/?")),
        f"Sitemap: {settings.BASE_URL}{reverse('catalog:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
