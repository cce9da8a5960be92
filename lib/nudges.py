"""Waking a worker. The rows say what is due; a nudge only makes it happen sooner."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task: str) -> None:
    """Send a worker to this task now."""
    try:
        current_app.send_task(task)
    except (OperationalError, OSError):
        # A broker that is down must not fail the request; the sweep finds the rows.
        logger.warning("no worker could be woken; the sweep will find what is due")


def after_commit(task: str) -> None:
    """Send a worker to this task once the rows it will look for can be seen."""

    def send() -> None:
        wake(task)

    transaction.on_commit(send)
