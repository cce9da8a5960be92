from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from catalog.signals import seats_changed
from enrollment import actions


@receiver(seats_changed)
def give_new_seats_away(run_id: int, **kwargs: Any) -> None:
    actions.promote_waitlist(run_id=run_id)
