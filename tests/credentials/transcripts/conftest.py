"""A learner who has something to put together."""

from __future__ import annotations

import pytest

from accounts.models import User
from credentials import tasks
from enrollment import actions as enrollment_actions
from tests.factories import TUESDAY, UserFactory, published_course, published_track
from tests.worlds import made_once


def build():
    """A learner with two courses and the track that they add up to."""
    learner = UserFactory(credential_name="Mai Tran", email="mai@learners.example")
    courses = [published_course(title=title, quiz=False) for title in ("Maps", "Tides")]
    published_track(*courses, title="Pilot")
    for course in courses:
        enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
        enrollment_actions.finish_unit(enrollment=enrollment, unit=course.units.get(), at=TUESDAY)
    tasks.judge()
    return learner


built = made_once(build)


@pytest.fixture
def learner(built):
    return User.objects.get(pk=built.pk)
