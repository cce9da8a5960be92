"""What a learner has done, and what is said of it."""

from __future__ import annotations

import datetime

from credentials import actions
from credentials.explaining import explain
from tests.factories import TUESDAY, EnrollmentFactory

LATER = TUESDAY + datetime.timedelta(days=400)


def complete(learner, *courses, **values):
    for course in courses:
        EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, **values)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    actions.judge_due(at=TUESDAY)


def explained(learner, track):
    return explain(learner=learner, achievement=track.achievement, at=TUESDAY)
