"""The token endpoint: client credentials (RFC 6749 §4.4) and revocation (RFC 7009) only."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import base as library
from oauthlib.oauth2 import BackendApplicationServer  # type: ignore[import-untyped]
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

GRANT_TYPE = "client_credentials"
FAILURES_ALLOWED = 20
FAILURES_SECONDS = 60


def oauth_error(error: str, description: str, *, status: int = 400, **headers: str) -> HttpResponse:
    """An error as RFC 6749 §5.2 has it: OAuth clients do not know problem details."""
    return JsonResponse(
        {"error": error, "error_description": description},
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class PublicFormEndpoint:
    """Answers in OAuth's own JSON whatever can be wrong before the library looks."""

    server_class = BackendApplicationServer

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


@method_decorator([login_not_required, csrf_exempt, never_cache], name="dispatch")
class TokenView(PublicFormEndpoint, library.TokenView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("grant_type") != GRANT_TYPE:
            return oauth_error("unsupported_grant_type", f"Send grant_type={GRANT_TYPE}.")
        key = _failures_key(request)
        if _failures(key) >= FAILURES_ALLOWED:
            return oauth_error(
                "invalid_client",
                "Too many failed attempts. Wait a minute and check the client id and secret.",
                status=429,
                Retry_After=str(FAILURES_SECONDS),
            )
        response: HttpResponse = super().post(request, *args, **kwargs)
        if response.status_code == 401:
            _count_failure(key)
        return response


@method_decorator([login_not_required, csrf_exempt, never_cache], name="dispatch")
class RevokeTokenView(PublicFormEndpoint, library.RevokeTokenView):
    pass


def _is_form(request: HttpRequest) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


def _failures_key(request: HttpRequest) -> str:
    return f"token-failures:{request.META.get('REMOTE_ADDR', '')}"


def _failures(key: str) -> int:
    try:
        return int(cache.get(key, 0))
    except RedisError:
        logger.warning("cannot count failed attempts: the cache does not answer")
        return 0


def _count_failure(key: str) -> None:
    try:
        cache.add(key, 0, FAILURES_SECONDS)
        cache.incr(key)
    except (RedisError, ValueError):
        # ValueError: the key expired between the two calls.
        logger.warning("cannot count failed attempts: the cache does not answer")
