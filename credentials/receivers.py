"""What the apps below announce becomes work that is due."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalog.models import AchievementVersion
from catalog.signals import achievement_published
from credentials import nudges
from credentials.actions.judge import request_for_rule, request_judgement
from enrollment.models import Enrollment
from enrollment.signals import course_completed


@receiver(course_completed)
def judge_the_learner(sender: object, *, enrollment: Enrollment, **kwargs: Any) -> None:
    assert enrollment.completed_at is not None
    request_judgement(learner_ids=[enrollment.learner_id], at=enrollment.completed_at)
    nudges.after_commit(nudges.JUDGE)


@receiver(achievement_published)
def judge_all_who_may_have_earned_it(
    sender: object, *, version: AchievementVersion, **kwargs: Any
) -> None:
    request_for_rule(version=version, at=timezone.now())
    nudges.after_commit(nudges.JUDGE)
