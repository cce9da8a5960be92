"""What workers do. Each task sends what is due, and may run any number of times."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lib.nudges import wake
from notifications import actions, nudges
from notifications.models import Message


@shared_task
def send() -> None:
    """Mail one batch, and leave the next to a task of its own.

    A long queue of mail must not keep an only worker from issuing credentials meanwhile.
    """
    now = timezone.now()
    if actions.send_due(at=now) or actions.send_due_digests(at=now):
        wake(nudges.SEND)


@shared_task
def sweep() -> None:
    """Find what a lost nudge, a failure or the night has left to be mailed."""
    if Message.objects.due(at=timezone.now()).exists():
        send()
