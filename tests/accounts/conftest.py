"""A person about whom something is held, and a place for their files."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from credentials import tasks as credential_tasks
from enrollment import actions as learning
from enrollment.actions.assignments import hand_in
from enrollment.models import Enrollment, Exemption
from notifications.actions import notify
from tests.accounts.privacy import NAME
from tests.enrollment.assignments import assignment_unit, upload
from tests.factories import TUESDAY, MembershipFactory, UserFactory, published_course


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path


@pytest.fixture
def life(learner):
    """A learner about whom something is held in every corner."""
    course = published_course(quiz=False)
    done = learning.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    learning.finish_unit(enrollment=done, unit=course.units.get(), at=TUESDAY)
    credential_tasks.judge()
    unit = assignment_unit()
    active = learning.enroll(learner=learner, run=unit.course.runs.get(), at=TUESDAY)
    hand_in(
        enrollment=active,
        unit=unit,
        text=f"{NAME} wrote this.",
        files=[upload("ada.txt", b"By Ada Lovelace.")],
        at=TUESDAY,
    )
    learning.extend(
        enrollment=active,
        due_on=datetime.date(2027, 1, 1),
        by=UserFactory(),
        reason=f"{NAME} was ill.",
        at=TUESDAY,
    )
    MembershipFactory(user=learner, role="employee")
    Exemption.objects.create(learner=learner, course=course, reason=NAME, asked_at=TUESDAY)
    notify(recipient=learner, kind="completed", key="k", context={"course": NAME}, at=TUESDAY)
    LogEntry.objects.create(
        user=UserFactory(),
        content_type=ContentType.objects.get_for_model(Enrollment),
        object_id=str(active.pk),
        object_repr=f"{NAME}: Maps",
        action_flag=CHANGE,
        change_message=f"{NAME} asked for it.",
    )
    return learner
