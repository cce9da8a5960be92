"""Awards that are due, and credentials that are issued, without anyone taking a course."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import User
from catalog.models import Achievement, AchievementVersion
from credentials import actions
from credentials.models import Award, Credential
from tests.factories import TUESDAY, published_course

NO_PASSWORD = make_password(None)


def due_awards(count: int, *, achievement: Achievement | None = None, **values: Any) -> list[Award]:
    """Each for a learner of their own."""
    achievement = achievement or published_course().achievement
    version = AchievementVersion.objects.current().get(achievement=achievement)
    start = User.objects.count()
    learners = User.objects.bulk_create(
        User(email=f"learner-{n}@example.org", credential_name=f"Learner {n}", password=NO_PASSWORD)
        for n in range(start, start + count)
    )
    return Award.objects.bulk_create(
        Award(
            learner=learner,
            achievement=achievement,
            version=version,
            **{"decided_at": TUESDAY, "due_at": TUESDAY} | values,
        )
        for learner in learners
    )


def issue_all(*, at: Any = TUESDAY) -> None:
    while actions.issue_due(at=at):
        pass


def issued(count: int = 1, **values: Any) -> list[Credential]:
    awards = due_awards(count, **values)
    issue_all()
    return list(Credential.objects.filter(award__in=awards).order_by("pk"))
