"""What workers do. Each task looks for rows that are due, and may run any number of times."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts import actions
from accounts.models import DataExport, Erasure


@shared_task
def export() -> None:
    """Make the archives that people have asked for."""
    while actions.make_due(at=timezone.now()):
        pass


@shared_task
def erase() -> None:
    """Forget the people who have asked for that."""
    while actions.erase_due(at=timezone.now()):
        pass


@shared_task
def sweep() -> None:
    """Find what a lost nudge or a crash has left, and delete archives that are over."""
    now = timezone.now()
    if Erasure.objects.due(at=now).exists():
        erase()
    if DataExport.objects.due(at=now).exists():
        export()
    actions.delete_expired(at=now)
