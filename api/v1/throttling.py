"""How often a client may ask for what is costly."""

from __future__ import annotations

import logging
from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class VerifyThrottle(SimpleRateThrottle):
    """Counts by client, so that a client with many addresses or tokens is still one client."""

    scope = "verify"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        token: Any = request.auth
        if token is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": token.application_id}

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError:
            # A limit that cannot be counted must not stop the work.
            logger.warning("cannot count requests: the cache does not answer")
            return True
