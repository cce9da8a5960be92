"""Refuse what no page can answer, before any code of an app sees it; the admin speaks English."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from api.problems import problem_response
from lib.body_limits import body_limit

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RefuseBadRequests:
    """Unknown methods get 405, bodies over the limit 413, NUL and broken UTF-8 in addresses 400.

    A NUL reaches PostgreSQL as a ``ValueError``, a broken byte as U+FFFD that matches nothing:
    both are the sender's mistake, said once here instead of in every view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            response = _refusal(
                request, HTTPStatus.METHOD_NOT_ALLOWED, "This method is not supported."
            )
            response["Allow"] = ", ".join(sorted(METHODS))
            return response
        length = _declared_length(request)
        if length > settings.MAX_BODY_BYTES and length > (most := _most_bytes(request)):
            return _refusal(
                request,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The request is too large. Send at most {most // 1024} KiB.",
            )
        if not _is_clean(request):
            return _refusal(
                request,
                HTTPStatus.BAD_REQUEST,
                "The address contains a NUL character or is not valid UTF-8. Correct it.",
            )
        return self.get_response(request)


def _refusal(request: HttpRequest, status: HTTPStatus, text: str) -> HttpResponse:
    """In words; to programs as problem details."""
    if request.path_info.startswith("/api/"):
        return problem_response(request, status=status, detail=text)
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")


def _declared_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return sys.maxsize


def _most_bytes(request: HttpRequest) -> int:
    """What the view at this address takes: one that takes files says so itself."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return settings.MAX_BODY_BYTES
    return body_limit(view) or settings.MAX_BODY_BYTES


def _is_clean(request: HttpRequest) -> bool:
    # Django has decoded the path and writes broken bytes as %XX, which then name nothing.
    query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
    if "\0" in request.path_info or b"\0" in query:
        return False
    try:
        query.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class NoBodyForHead:
    """HEAD is answered with what GET would say of its body, and without the body (RFC 9110, 9.3.2).

    Django leaves that to the server, and gunicorn warns of each body that it has to drop.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD":
            # A file that would have been sent is closed with the response.
            setattr(response, "streaming_content" if response.streaming else "content", b"")
        return response


class AdminInEnglish:
    """Curators' pages are written in English alone, and half a translation helps nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/"):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        return self.get_response(request)
