"""What the apps below announce becomes work that is due."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from catalog.models import AchievementVersion
from catalog.signals import achievement_published
from credentials import nudges
from credentials.actions.judge import request_for_rule, request_judgement
from credentials.actions.revoke import revoke_resting_on
from enrollment.models import Enrollment
from enrollment.signals import completion_undone, course_completed
from lib.nudges import after_commit


@receiver(course_completed)
def judge_the_learner(sender: object, *, enrollment: Enrollment, **kwargs: Any) -> None:
    request_judgement(learner_ids=[enrollment.learner_id], at=timezone.now())
    after_commit(nudges.JUDGE)


@receiver(completion_undone)
def revoke_what_rests_on_it(
    sender: object, *, enrollment: Enrollment, by: User, reason: str, **kwargs: Any
) -> None:
    revoke_resting_on(enrollment, by=by, reason=reason, at=timezone.now())


@receiver(achievement_published)
def judge_all_who_may_have_earned_it(
    sender: object, *, version: AchievementVersion, **kwargs: Any
) -> None:
    request_for_rule(version=version, at=timezone.now())
    after_commit(nudges.JUDGE)
