"""What workers do for the catalog. A task drains what is due, and may run any number of times."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from catalog import reviewing


@shared_task
def publish_scheduled() -> None:
    reviewing.publish_due(at=timezone.now())
