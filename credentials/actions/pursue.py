"""Which version a learner is on the way by."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.models import User
from catalog.models import Achievement
from credentials import nudges
from credentials.actions.judgement_requests import request_judgement
from credentials.models import Pursuit
from lib.nudges import after_commit


def follow(*, learner: User, achievement: Achievement, at: datetime.datetime) -> None:
    """From now on the learner follows it, by the version that they have joined, or the newest."""
    version = achievement.versions.current().get()
    Pursuit.objects.update_or_create(
        learner=learner,
        achievement=achievement,
        defaults={"is_chosen": True},
        create_defaults={"is_chosen": True, "version": version, "joined_at": at},
    )


def unfollow(*, learner: User, achievement: Achievement) -> None:
    """The version that they have joined goes on counting."""
    Pursuit.objects.filter(learner=learner, achievement=achievement).update(is_chosen=False)


@transaction.atomic
def move_to_newest(*, learner: User, achievement: Achievement, at: datetime.datetime) -> None:
    """Leave the version that the learner has joined, for good."""
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    version = achievement.versions.current().get()
    Pursuit.objects.filter(learner=learner, achievement=achievement).update(
        version=version, joined_at=at
    )
    request_judgement(learner_ids=[learner.pk], at=at)
    after_commit(nudges.JUDGE)
