"""What is not an operation: the documentation, and the answer where there is nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from api import problems
from api.oauth import GRANT_TYPE
from api.reference import reference
from credentials.addresses import absolute


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The schema, for people."""
    return render(
        request,
        "api/docs.html",
        {
            "reference": reference(),
            "problems": problems.KINDS.values(),
            "grant_type": GRANT_TYPE,
            "token_url": absolute(reverse("api:token")),
            "example_url": absolute(reverse("api:courses")),
        },
    )


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Unknown addresses under /api/ are answered in the API's own way."""
    near = _with_the_other_slash(request.path_info)
    if near and request.method in {"GET", "HEAD"}:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{near}?{query}" if query else near)
    hint = f"Did you mean {near}? " if near else ""
    return problems.problem_response(
        request,
        status=404,
        detail=f"There is nothing at this address. {hint}Ids are UUIDs in lower case; "
        f"all addresses are listed at {absolute(reverse('api:docs'))}.",
    )


def _with_the_other_slash(path: str) -> str | None:
    """The same path with or without its last slash, if something is there."""
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    try:
        found = resolve(other)
    except Resolver404:
        return None
    is_ours = found.app_name == "api" and found.url_name != "nothing_here"
    return other if is_ours else None
