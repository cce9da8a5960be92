"""What a learner hears of a revocation, and what follows it."""

from __future__ import annotations

import pytest

from credentials import actions, tasks
from credentials.models import Credential
from notifications.models import Message
from tests.credentials.by_hand.deciding import decision, signed_in
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db


def test_a_learner_is_told_once_what_was_revoked_and_why(learner, achievement, curator):
    learner.language = "de"
    learner.save()
    award = actions.grant(**decision(learner, achievement, curator))
    tasks.issue()

    for _ in range(2):
        actions.revoke(award=award, by=curator, reason="Mixed up.", at=TUESDAY)

    told = Message.objects.get(kind="credential_revoked")
    assert (told.recipient, told.subject) == (learner, "„Lower“ wurde widerrufen")
    assert "Mixed up." in told.text
    assert told.link == award.credentials.get().get_absolute_url()


def test_of_what_was_never_signed_nobody_is_told(learner, achievement, curator):
    award = actions.grant(**decision(learner, achievement, curator))

    actions.revoke(award=award, by=curator, reason="Mixed up.", at=TUESDAY)

    assert not Message.objects.filter(kind="credential_revoked").exists()


def test_what_follows_a_revoked_one_takes_its_place_and_leaves_nothing_to_appeal(
    learner, achievement, curator
):
    old = actions.grant(**decision(learner, achievement, curator))
    tasks.issue()
    actions.revoke(award=old, by=curator, reason="Mixed up.", at=TUESDAY)
    revoked = Credential.objects.get()
    holder = signed_in(learner)
    assert "Appeal." in holder.get(revoked.get_absolute_url()).text

    new = actions.grant(**decision(learner, achievement, curator))
    tasks.issue()

    assert "Takes the place of" in holder.get(new.credentials.get().get_absolute_url()).text
    page = holder.get(revoked.get_absolute_url()).text
    assert "Followed by" in page
    assert "Appeal." not in page
