"""More time in quizzes for one learner: the server's clock keeps to it, and the learner sees it."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError

from enrollment import actions, quiz_time
from enrollment.models import Correction
from tests.enrollment.quizzes import enrolled, quiz_unit, started
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def unit():
    return quiz_unit(time_limit=15)


def grant(enrollment, percent, *, at=TUESDAY, reason="Dyslexia"):
    actions.give_quiz_time(
        enrollment=enrollment, extra_percent=percent, by=UserFactory(), reason=reason, at=at
    )


def test_an_attempt_is_as_much_longer_as_was_granted(unit):
    enrollment = enrolled(unit)
    grant(enrollment, 25)

    attempt = started(unit, enrollment)

    assert attempt.due_at == TUESDAY + 19 * MINUTE  # 18.75, in favor of the learner


def test_an_attempt_under_way_becomes_longer(unit):
    attempt = started(unit)

    grant(attempt.enrollment, 100, at=TUESDAY + 5 * MINUTE)
    actions.save_answers(attempt=attempt, responses={}, at=TUESDAY + 29 * MINUTE)

    attempt.refresh_from_db()
    assert attempt.due_at == TUESDAY + 30 * MINUTE


def test_an_attempt_whose_time_is_up_is_not_opened_again(unit):
    attempt = started(unit)

    grant(attempt.enrollment, 100, at=TUESDAY + 16 * MINUTE)

    attempt.refresh_from_db()
    assert attempt.due_at == TUESDAY + 15 * MINUTE


def test_what_was_granted_last_is_in_force(unit):
    enrollment = enrolled(unit)
    grant(enrollment, 50)
    grant(enrollment, 0, at=TUESDAY + MINUTE, reason="By mistake")

    assert quiz_time.extra_percent(enrollment) == 0


def test_more_time_leaves_a_quiz_without_a_limit_alone():
    unit = quiz_unit()
    enrollment = enrolled(unit)
    grant(enrollment, 50)

    assert started(unit, enrollment).due_at is None


def test_more_time_needs_a_reason(unit):
    with pytest.raises(actions.CannotCorrect):
        grant(enrolled(unit), 50, reason=" ")


def test_the_learner_sees_that_there_is_more_time(client, unit):
    enrollment = enrolled(unit)
    grant(enrollment, 100)
    client.force_login(enrollment.learner)

    page = client.get(f"/learning/{enrollment.public_id}/units/{unit.public_id}/").text

    assert "You have 30 minutes" in page
    assert "it was granted to you" in page


@pytest.mark.parametrize(
    ("kind", "percent"), [("quiz_time", None), ("quiz_time", 301), ("extended", 10)]
)
def test_a_grant_of_time_and_nothing_else_says_how_much(unit, kind, percent):
    with pytest.raises(IntegrityError, match="correction_of_quiz_time_says_how_much"):
        Correction.objects.create(
            enrollment=enrolled(unit),
            kind=kind,
            by=UserFactory(),
            at=TUESDAY,
            reason="So.",
            extra_percent=percent,
        )
