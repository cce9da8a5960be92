"""How long a learner has for a quiz that is timed."""

from __future__ import annotations

import datetime

from catalog.models import Quiz
from enrollment.models import Correction, Enrollment


def extra_percent(enrollment: Enrollment) -> int:
    """What was granted last is in force."""
    granted = enrollment.corrections.filter(kind=Correction.Kind.QUIZ_TIME).last()
    return (granted.extra_percent or 0) if granted else 0


def minutes(enrollment: Enrollment, quiz: Quiz) -> int | None:
    """Whole minutes, rounded in the learner's favor; nothing for a quiz without a limit."""
    if not quiz.time_limit:
        return None
    return -(-quiz.time_limit * (100 + extra_percent(enrollment)) // 100)


def due_at(
    enrollment: Enrollment, quiz: Quiz, started_at: datetime.datetime
) -> datetime.datetime | None:
    limit = minutes(enrollment, quiz)
    return None if limit is None else started_at + datetime.timedelta(minutes=limit)
