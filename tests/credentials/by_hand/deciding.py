"""What people decide beside the rules: the words and steps that its tests share."""

from __future__ import annotations

import datetime

from django.test import Client

from credentials import actions
from credentials.models import Award
from tests.factories import TUESDAY, EnrollmentFactory

DAY = datetime.timedelta(days=1)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def decision(learner, achievement, curator, **values):
    return {
        "learner": learner,
        "achievement": achievement,
        "by": curator,
        "reason": "Shown in an interview.",
        "at": TUESDAY,
    } | values


def complete(learner, track):
    run = track.achievement.versions.get().rule_nodes.get(course__isnull=False).course.runs.get()
    EnrollmentFactory(learner=learner, run=run, completed=True)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)


def held(learner):
    standing = Award.objects.standing().filter(learner=learner)
    return sorted(standing.values_list("version__name", flat=True))


def answer(appeal, curator, *, is_granted, text="Seen."):
    return actions.answer_appeal(
        appeal=appeal, is_granted=is_granted, by=curator, answer=text, at=TUESDAY
    )
