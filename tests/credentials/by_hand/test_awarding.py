"""Awards by hand."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from catalog.models import Achievement
from credentials import actions, tasks
from credentials.models import Award, Credential
from tests.credentials.by_hand.deciding import DAY, complete, decision, held
from tests.credentials.judging import in_term
from tests.factories import TUESDAY, OrganizationFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_what_is_awarded_by_hand_is_stacked_upon(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))

    tasks.judge()

    assert held(learner) == ["Lower", "Upper"]


def test_an_award_by_hand_has_the_term_of_its_version(learner, achievement, curator):
    in_term(achievement.track, months=12)

    award = actions.grant(**decision(learner, achievement, curator))

    assert award.expires_at == TUESDAY.replace(year=TUESDAY.year + 1)


def test_an_award_that_expires_soon_is_renewed_by_hand_without_losing_its_term(
    learner, achievement, curator
):
    in_term(achievement.track, months=12)
    first = actions.grant(**decision(learner, achievement, curator))

    second = actions.grant(**decision(learner, achievement, curator, at=TUESDAY + 300 * DAY))

    assert (second.number, second.renews) == (2, first)
    assert second.expires_at == TUESDAY.replace(year=TUESDAY.year + 2)


def test_the_document_says_that_it_was_awarded_by_hand_and_why(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))
    tasks.issue()

    credential = Credential.objects.get()

    assert json.loads(bytes(credential.document))["credentialSubject"]["narrative"] == (
        "Awarded by hand, not by its rule. The Institute gives this reason: Shown in an interview."
    )


def test_the_page_says_that_it_was_awarded_by_hand_and_why(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))
    tasks.issue()

    page = Client().get(Credential.objects.get().get_absolute_url()).text

    assert "Awarded by hand by The Institute" in page
    assert "Shown in an interview." in page


def test_an_award_by_hand_stands_without_evidence(learner, achievement, curator):
    complete(learner, achievement.track)
    actions.grant(**decision(learner, achievement, curator))
    actions.judge_due(at=TUESDAY)
    course = Award.objects.get(version__name="Course")

    assert actions.falling_with(course) == []


def test_what_is_held_is_not_awarded_again(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))

    with pytest.raises(actions.CannotDecide, match="holds this already"):
        actions.grant(**decision(learner, achievement, curator))


def test_what_was_revoked_can_be_awarded_by_hand(learner, achievement, curator):
    first = actions.grant(**decision(learner, achievement, curator))
    actions.revoke(award=first, by=curator, reason="A mistake.", at=TUESDAY)

    second = actions.grant(**decision(learner, achievement, curator))

    assert (second.number, second.renews) == (2, first)


def test_what_is_refused_is_not_awarded_by_hand(learner, achievement, curator):
    actions.refuse(**decision(learner, achievement, curator))

    with pytest.raises(actions.CannotDecide, match="Lift the refusal"):
        actions.grant(**decision(learner, achievement, curator))


def test_what_is_not_published_is_not_awarded(learner, curator):
    draft = Achievement.objects.create(
        track=TrackFactory(), awarding_body=OrganizationFactory(), kind="Certificate"
    )

    with pytest.raises(actions.CannotDecide, match="not been published"):
        actions.grant(**decision(learner, draft, curator))


@pytest.mark.parametrize("action", [actions.grant, actions.refuse])
def test_nobody_decides_about_themselves(achievement, curator, action):
    with pytest.raises(actions.CannotDecide, match="Somebody else"):
        action(**decision(curator, achievement, curator))


@pytest.mark.parametrize("action", [actions.grant, actions.refuse])
def test_a_decision_needs_a_reason(learner, achievement, curator, action):
    with pytest.raises(actions.ReasonMissing):
        action(**decision(learner, achievement, curator, reason=" "))
