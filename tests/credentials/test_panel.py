"""What the page of a completed course says of its credential."""

from __future__ import annotations

import pytest
from django.urls import reverse

from credentials import actions, tasks
from credentials.models import Award, Credential
from enrollment.models import Enrollment
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db

ASKS_AGAIN = "hx-trigger"


@pytest.fixture
def enrollment():
    """Completed, and not yet judged."""
    return EnrollmentFactory(completed=True)


@pytest.fixture
def said(enrollment, client):
    client.force_login(enrollment.learner)

    def page() -> str:
        text = client.get(reverse("enrollment:course", args=[enrollment.public_id])).text
        return text.split('id="credential"')[1].split("</div>")[0]

    return page


def judge(enrollment: Enrollment) -> None:
    actions.request_judgement(learner_ids=[enrollment.learner_id], at=TUESDAY)
    tasks.judge()


def test_it_asks_again_until_it_is_signed(enrollment, said):
    assert ASKS_AGAIN in said()

    judge(enrollment)

    assert Credential.objects.get().get_absolute_url() in said()
    assert ASKS_AGAIN not in said()


def test_what_was_revoked_is_not_said_to_be_ready(enrollment, said):
    judge(enrollment)
    actions.revoke(award=Award.objects.get(), by=UserFactory(), reason="Not theirs.", at=TUESDAY)

    assert "Not theirs." in said()
    assert "ready" not in said()


def test_what_is_refused_is_not_waited_for(enrollment, said):
    actions.refuse(
        learner=enrollment.learner,
        achievement=enrollment.run.course.achievement,
        by=UserFactory(),
        reason="Two accounts.",
        at=TUESDAY,
    )
    judge(enrollment)

    assert "Two accounts." in said()
    assert ASKS_AGAIN not in said()


def test_what_is_halted_is_not_waited_for(enrollment, said):
    actions.halt(
        achievement=enrollment.run.course.achievement,
        by=UserFactory(),
        reason="A doubt.",
        at=TUESDAY,
    )
    judge(enrollment)

    assert "has stopped issuing for now" in said()
    assert ASKS_AGAIN not in said()
