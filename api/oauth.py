"""The token endpoint: client credentials (RFC 6749 §4.4) and revocation (RFC 7009) only."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import base as library
from oauthlib.oauth2 import BackendApplicationServer  # type: ignore[import-untyped]
from redis.exceptions import RedisError

from lib.oauth import PublicFormEndpoint, oauth_error

logger = logging.getLogger(__name__)

GRANT_TYPE = "client_credentials"
FAILURES_ALLOWED = 20
FAILURES_SECONDS = 60


@method_decorator([login_not_required, csrf_exempt, never_cache], name="dispatch")
class TokenView(PublicFormEndpoint, library.TokenView):
    server_class = BackendApplicationServer

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
    server_class = BackendApplicationServer


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
