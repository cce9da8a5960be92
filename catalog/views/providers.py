"""The page of an organization that teaches."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Organization
from catalog.cards import with_texts
from catalog.models import Course
from catalog.pages import published_tracks

SHOWN = 12


@login_not_required
@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """What it teaches, the newest first, and the tracks that it offers."""
    organization = get_object_or_404(Organization, slug=slug)
    courses = Course.objects.published().filter(provider=organization)
    return render(
        request,
        "catalog/provider.html",
        {
            "organization": organization,
            "course_count": courses.count(),
            "courses": with_texts(courses.order_by("-published_at", "-pk")[:SHOWN]),
            "tracks": published_tracks().filter(organization=organization)[:SHOWN],
        },
    )
