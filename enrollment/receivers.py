from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from catalog.signals import seats_changed
from enrollment import actions, telling
from enrollment.models import Exemption, Submission, SubmittedFile
from enrollment.signals import exemption_decided, work_graded, work_returned
from notifications.models import Kind


@receiver(seats_changed)
def give_new_seats_away(run_id: int, **kwargs: Any) -> None:
    actions.promote_waitlist(run_id=run_id, at=timezone.now())


@receiver(post_delete, sender=SubmittedFile)
def remove_from_storage(instance: SubmittedFile, **kwargs: Any) -> None:
    """Rows go in cascades, which call no action; the file goes once they are gone for good."""
    storage, name = instance.file.storage, instance.file.name

    def remove() -> None:
        if name:
            storage.delete(name)

    transaction.on_commit(remove, robust=True)


@receiver(work_returned)
def tell_that_work_was_returned(submission: Submission, **kwargs: Any) -> None:
    telling.tell_of_work(submission, kind=Kind.WORK_RETURNED, at=timezone.now())


@receiver(work_graded)
def tell_that_work_was_graded(submission: Submission, **kwargs: Any) -> None:
    telling.tell_of_work(submission, kind=Kind.GRADED, at=timezone.now())


@receiver(exemption_decided)
def tell_what_was_decided(exemption: Exemption, **kwargs: Any) -> None:
    telling.tell_of_exemption(exemption, at=timezone.now())
