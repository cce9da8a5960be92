"""A stack, who awards it, and an appeal."""

from __future__ import annotations

import pytest

from accounts.models import Membership
from credentials import actions
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    published_course,
    published_track,
)


@pytest.fixture
def track():
    """A track over one course, with another stacked on it."""
    own = OrganizationFactory(name="The Institute")
    lower = published_track(published_course(title="Course"), title="Lower", organization=own)
    published_track(lower, title="Upper", organization=own)
    return lower


@pytest.fixture
def achievement(track):
    return track.achievement


@pytest.fixture
def curator(achievement):
    user = UserFactory(is_staff=True)
    MembershipFactory(
        user=user, organization=achievement.awarding_body, role=Membership.Role.CURATOR
    )
    return user


@pytest.fixture
def asked(learner, achievement):
    return actions.appeal(
        learner=learner, achievement=achievement, text="I did it elsewhere.", at=TUESDAY
    )
