"""Errors as problem details (RFC 9457): a program can act on them, and a person read them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import set_rollback

from credentials.addresses import absolute

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A problem that has a ``type`` of its own, explained at an anchor of the documentation."""

    slug: str
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        return absolute(f"{reverse('api:docs')}#problem-{self.slug}")


KINDS = {
    code: Kind(slug, title, meaning)
    for code, slug, title, meaning in (
        (
            "invalid",
            "invalid-request",
            "The request has invalid values",
            "The list “errors” names each value, by “parameter” (of the query) or “pointer” "
            "(into the body), and says what to change.",
        ),
        (
            "parse_error",
            "unreadable-body",
            "The body cannot be read",
            "The body is not well-formed JSON in UTF-8.",
        ),
        (
            "not_authenticated",
            "no-token",
            "A token is needed",
            "Send “Authorization: Bearer …” with a token of the token endpoint.",
        ),
        (
            "authentication_failed",
            "invalid-token",
            "The token is not valid",
            "It is unknown, revoked or has expired. Get another one from the token endpoint.",
        ),
        (
            "insufficient_scope",
            "insufficient-scope",
            "The token lacks a scope",
            "Get a token with the scope that the operation names.",
        ),
        (
            "no_organization",
            "no-organization",
            "The client acts for no organization",
            "An administrator of this site has to enter the organization of your API client.",
        ),
        (
            "too_large",
            "too-large",
            "The body is too large",
            "Send a smaller one; the detail names the limit.",
        ),
        (
            "throttled",
            "too-many-requests",
            "Too many requests",
            "Wait as many seconds as the header Retry-After says.",
        ),
    )
}


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer whatever a view of the API raised."""
    request: Request = context["request"]
    set_rollback()
    problem = _as_api_exception(error)
    if problem is None:
        # The log has the story; the client still gets an answer that it can read.
        logger.error("the API failed", exc_info=error)
        return problem_response(
            request._request,
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            detail="This is our mistake, and it is in our log. Repeat the request later.",
        )
    response = problem_response(
        request._request,
        status=problem.status_code,
        detail=_detail(problem, request),
        kind=KINDS.get(_code(problem)),
        errors=list(_errors(problem, request)),
    )
    challenge = getattr(problem, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    wait = getattr(problem, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, round(wait)))
    return response


def problem_response(
    request: HttpRequest,
    *,
    status: int,
    detail: str,
    kind: Kind | None = None,
    errors: list[dict[str, str]] | None = None,
) -> HttpResponse:
    """``about:blank`` and the status's own phrase unless the kind says more (RFC 9457 §4.2.1)."""
    body: dict[str, Any] = {
        "type": kind.uri if kind else "about:blank",
        "title": kind.title if kind else HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound("You may see nothing with this id. Check the id.")
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return TooLarge("The body is too large. Send a smaller one.")
        case SuspiciousOperation():
            return exceptions.ParseError("The request is malformed. Correct it.")
        case _:
            return None


def _code(problem: exceptions.APIException) -> str:
    # A validation error carries many codes; they all make the same kind of problem.
    if isinstance(problem, exceptions.ValidationError):
        return "invalid"
    code = problem.get_codes()
    return code if isinstance(code, str) else problem.default_code


def _detail(problem: exceptions.APIException, request: Request) -> str:
    match problem:
        case exceptions.ValidationError():
            return "Correct what “errors” lists and repeat the request."
        case exceptions.NotAuthenticated():
            return (
                f"Get a token from {absolute(reverse('api:token'))} and send it as "
                "“Authorization: Bearer <token>”."
            )
        case exceptions.Throttled():
            return "Wait as long as the header Retry-After says, then repeat the request."
        case exceptions.MethodNotAllowed():
            return f"{request.method} does nothing here. The header Allow lists what does."
        case exceptions.NotAcceptable():
            return "This is answered in JSON only. Send “Accept: application/json”."
        case exceptions.UnsupportedMediaType():
            return "Send a JSON body with “Content-Type: application/json”."
        case _:
            return str(problem.detail)


def _errors(problem: exceptions.APIException, request: Request) -> Iterator[dict[str, str]]:
    if isinstance(problem, exceptions.ValidationError):
        is_query = request.method in {"GET", "HEAD"}
        for path, detail in _flat(problem.detail):
            if is_query:
                yield {"parameter": path.removeprefix("/"), "detail": detail}
            else:
                yield {"pointer": f"#{path}", "detail": detail}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, dict):
        for name, value in detail.items():
            is_whole = name in {"non_field_errors", "__all__"}
            yield from _flat(value, path if is_whole else f"{path}/{name}")
    elif isinstance(detail, list):
        for value in detail:
            yield from _flat(value, path)
    else:
        yield path, str(detail)
