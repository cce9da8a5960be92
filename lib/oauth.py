"""What every OAuth endpoint of ours shares: errors that OAuth clients can read, and form bodies."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase


def oauth_error(error: str, description: str, *, status: int = 400, **headers: str) -> HttpResponse:
    """An error as RFC 6749 §5.2 has it: OAuth clients do not know problem details."""
    return JsonResponse(
        {"error": error, "error_description": description},
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class PublicFormEndpoint:
    """Answers in OAuth's own JSON whatever can be wrong before the library looks."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"POST", "OPTIONS"}:
            return oauth_error(
                "invalid_request", "Send a POST request.", status=405, Allow="POST, OPTIONS"
            )
        if request.method == "POST" and not _is_form(request):
            return oauth_error(
                "invalid_request",
                "Send the parameters with Content-Type: application/x-www-form-urlencoded.",
            )
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            return response
        except RequestDataTooBig:
            return oauth_error("invalid_request", "The body is too large.", status=413)
        except SuspiciousOperation:
            return oauth_error("invalid_request", "The body is malformed.")


def _is_form(request: HttpRequest) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"
