"""Refusals, and lifting them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from credentials import actions, tasks
from credentials.models import Refusal
from tests.credentials.by_hand.deciding import complete, decision, held
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db


def test_what_is_refused_the_rule_does_not_award(learner, achievement, curator):
    actions.refuse(**decision(learner, achievement, curator))
    complete(learner, achievement.track)

    tasks.judge()

    assert held(learner) == ["Course"]


def test_once_the_refusal_is_lifted_the_rule_decides(learner, achievement, curator):
    refusal = actions.refuse(**decision(learner, achievement, curator))
    complete(learner, achievement.track)
    tasks.judge()

    actions.lift_refusal(refusal=refusal, by=curator, reason="Cleared up.", at=TUESDAY)
    tasks.judge()

    assert held(learner) == ["Course", "Lower", "Upper"]


def test_lifting_twice_changes_nothing(learner, achievement, curator):
    refusal = actions.refuse(**decision(learner, achievement, curator))
    actions.lift_refusal(refusal=refusal, by=curator, reason="Cleared up.", at=TUESDAY)

    assert not actions.lift_refusal(refusal=refusal, by=curator, reason="Other.", at=TUESDAY)

    refusal.refresh_from_db()
    assert refusal.lift_reason == "Cleared up."


def test_what_is_held_is_not_refused_but_revoked(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))

    with pytest.raises(actions.CannotDecide, match="Revoke"):
        actions.refuse(**decision(learner, achievement, curator))


def test_what_is_refused_is_not_refused_again(learner, achievement, curator):
    actions.refuse(**decision(learner, achievement, curator))

    with pytest.raises(actions.CannotDecide, match="refused to the learner already"):
        actions.refuse(**decision(learner, achievement, curator))


def test_a_refusal_is_lifted_with_a_reason(learner, achievement, curator):
    refusal = actions.refuse(**decision(learner, achievement, curator))

    with (
        pytest.raises(IntegrityError, match="refusal_lifted_with_a_reason"),
        transaction.atomic(),
    ):
        Refusal.objects.filter(pk=refusal.pk).update(lifted_at=TUESDAY, lifted_by=curator)
