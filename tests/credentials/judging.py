"""Completions that are judged, and what comes of it."""

from __future__ import annotations

import datetime

from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions
from credentials.models import Award
from tests.factories import TUESDAY, EnrollmentFactory

DAY = datetime.timedelta(days=1)


def completed(learner, course, *, at=TUESDAY, grade=None):
    """A completion as it is recorded in the end, and the request to judge it."""
    enrollment = EnrollmentFactory(
        learner=learner, run=course.runs.get(), completed=True, completed_at=at, grade=grade
    )
    actions.request_judgement(learner_ids=[learner.pk], at=at)
    return enrollment


def judge_all(at=TUESDAY):
    while actions.judge_due(at=at):
        pass


def held(learner):
    return set(
        Award.objects.standing().filter(learner=learner).values_list("version__name", flat=True)
    )


def in_term(item, *, months, renewal="whole"):
    """Publish a version whose awards expire."""
    achievement = item.achievement
    draft = catalog_actions.draft_version(achievement=achievement)
    rules.store(draft, rules.load(achievement.versions.current().get()))
    draft.valid_months, draft.renewal = months, renewal
    draft.save()
    catalog_actions.publish_track(track=item, at=TUESDAY)


def again(learner, course, *, at, edition=1):
    """The course taken once more, in another run."""
    run = course.runs.create()
    EnrollmentFactory(learner=learner, run=run, completed=True, completed_at=at, edition=edition)
    actions.request_judgement(learner_ids=[learner.pk], at=at)
