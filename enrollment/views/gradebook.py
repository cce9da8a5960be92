"""What a cohort has reached, as a page and as a file."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from enrollment import gradebook
from enrollment.views.teaching import PAGE_SIZE, head, taught
from lib import spreadsheets


@require_safe
def grades(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    run = taught(request, run_id)
    page = Paginator(gradebook.by_name(run), PAGE_SIZE).get_page(request.GET.get("page"))
    units = gradebook.graded_units(run)
    return render(
        request,
        "enrollment/grades.html",
        {
            **head(run, "grades"),
            "page": page,
            "units": units,
            "rows": gradebook.rows(list(page), units),
        },
    )


@require_safe
def grades_file(request: AuthenticatedRequest, run_id: uuid.UUID) -> StreamingHttpResponse:
    run = taught(request, run_id)
    day = timezone.now().astimezone(run.zone).date()
    name = f"grades-{slugify(run.course.title) or run.public_id}-{day:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        spreadsheets.lines(gradebook.as_table(run)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
