"""Choosing the occupation that one aims for."""

from __future__ import annotations

import datetime

from accounts.models import User
from catalog.models import Occupation
from enrollment.models import Goal


def aim_for(*, learner: User, occupation: Occupation, at: datetime.datetime) -> None:
    """In place of another one, if there was one."""
    Goal.objects.update_or_create(
        learner=learner, defaults={"occupation": occupation, "chosen_at": at}
    )


def give_up_goal(*, learner: User) -> None:
    Goal.objects.filter(learner=learner).delete()
