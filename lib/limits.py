"""How often one visitor or one person may ask: allauth's limits, which know about our proxies."""

from __future__ import annotations

import logging

from allauth.core import ratelimit
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def is_within(request: HttpRequest, action: str, *, dry_run: bool = False) -> bool:
    """Count this request against the limit that the settings give the action.

    ``dry_run`` only asks whether the limit is reached, for those who count failures alone.
    """
    try:
        return bool(ratelimit.consume(request, action=action, dry_run=dry_run))
    except RedisError:
        # A limit that cannot be counted must not stop the work.
        logger.warning("cannot count requests: the cache does not answer")
        return True
