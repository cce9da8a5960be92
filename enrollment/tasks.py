"""What workers do. Each task looks for rows that are due, and may run any number of times."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from enrollment import actions, holdings, measuring, reminding, telling


@shared_task
def sweep() -> None:
    """Tell learners what has become of their enrollments; let offers and quizzes end."""
    now = timezone.now()
    actions.end_offers(at=now)
    actions.close_overdue(at=now)
    while telling.tell_due(at=now):
        pass


@shared_task
def remind() -> None:
    """Say what starts soon, and do what was left for later or by a crash between two steps."""
    now = timezone.now()
    reminding.remind(at=now)
    actions.complete_finished(at=now)
    holdings.forget_settled_payers(at=now)


@shared_task
def measure() -> None:
    """See how long the courses take that more have finished since."""
    measuring.measure(at=timezone.now())
