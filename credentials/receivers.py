"""What the apps below announce becomes work that is due."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from catalog.models import AchievementVersion
from catalog.signals import achievement_published, evidence_changed
from credentials import nudges
from credentials.actions import judgement_requests
from credentials.actions.falling import fallen_if
from credentials.actions.restate import follow_change
from credentials.actions.revoke import revoke_fallen
from credentials.models import Award
from enrollment.models import Enrollment
from enrollment.signals import (
    completion_changed,
    completion_undone,
    completion_would_change,
    course_completed,
)
from lib.nudges import after_commit


@receiver(course_completed)
def judge_the_learner(sender: object, *, enrollment: Enrollment, **kwargs: Any) -> None:
    judgement_requests.request_judgement(learner_ids=[enrollment.learner_id], at=timezone.now())
    after_commit(nudges.JUDGE)


@receiver(completion_undone)
def revoke_what_rested_on_it(
    sender: object, *, enrollment: Enrollment, by: User, reason: str, **kwargs: Any
) -> None:
    revoke_fallen(learner_id=enrollment.learner_id, by=by, reason=reason, at=timezone.now())
    # Other evidence may earn it again.
    judge_the_learner(sender, enrollment=enrollment)


@receiver(completion_would_change)
def say_what_would_fall(
    sender: object,
    *,
    enrollment: Enrollment,
    grade: Decimal | None,
    is_undone: bool,
    **kwargs: Any,
) -> list[Award]:
    return fallen_if(enrollment=enrollment, grade=grade, undone=is_undone)


@receiver(completion_changed)
def follow_the_change(
    sender: object, *, enrollment: Enrollment, by: User | None, reason: str, **kwargs: Any
) -> None:
    follow_change(enrollment=enrollment, by=by, reason=reason, at=timezone.now())
    # A better grade may earn something.
    judge_the_learner(sender, enrollment=enrollment)


@receiver(achievement_published)
def judge_all_who_may_have_earned_it(
    sender: object, *, version: AchievementVersion, **kwargs: Any
) -> None:
    now = timezone.now()
    judgement_requests.keep_under_way(version=version, at=now)
    judgement_requests.request_for_rule(version=version, at=now)
    after_commit(nudges.JUDGE)


@receiver(evidence_changed)
def judge_all_who_completed(sender: object, *, course_ids: Collection[int], **kwargs: Any) -> None:
    judgement_requests.request_for_courses(course_ids=course_ids, at=timezone.now())
    after_commit(nudges.JUDGE)
