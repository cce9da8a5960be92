"""Probes: is this process alive, and can the platform do its work."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app as celery_app
from credentials.models import Award, Heartbeat

logger = logging.getLogger(__name__)

HEARTBEAT_LIMIT = datetime.timedelta(seconds=30)
OLDEST_DUE_LIMIT = datetime.timedelta(minutes=5)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check says "ok", else 503; each failing check says why."""
    checks = {
        name: _outcome(check)
        for name, check in {
            "database": _database,
            "broker": _broker,
            "worker": _worker,
            "oldest_due_award": _oldest_due_award,
        }.items()
    }
    is_ready = all(outcome == "ok" for outcome in checks.values())
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def _outcome(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError:
        # Addresses and users of the database are for the log, not for whoever asks.
        logger.exception("readiness check failed")
        return "the database does not answer"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    if not settings.REDIS_URL:
        return "ok"
    try:
        with celery_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return "the message broker does not answer"
    return "ok"


def _worker() -> str:
    heartbeat = Heartbeat.objects.filter(name="sweep").first()
    if heartbeat is None:
        return "no worker has reported yet"
    age = timezone.now() - heartbeat.at
    if age > HEARTBEAT_LIMIT:
        return f"no worker has reported for {int(age.total_seconds())} s"
    return "ok"


def _oldest_due_award() -> str:
    now = timezone.now()
    oldest = Award.objects.due(at=now).order_by("decided_at").first()
    if oldest and now - oldest.decided_at > OLDEST_DUE_LIMIT:
        seconds = int((now - oldest.decided_at).total_seconds())
        return f"the oldest award has waited {seconds} s for its credential"
    return "ok"
