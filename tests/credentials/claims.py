"""Badges of other issuers, and claims, for the tests of prior learning."""

from __future__ import annotations

import datetime
import json
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from credentials import tasks
from credentials.actions import prior_learning
from credentials.models import Credential, PriorLearningClaim
from tests.credentials.vc import samples
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory, complete, published_course

MAI = "mai@mail.example"
"""Whose the sample badges are."""


def confirmed(email: str = MAI, *, user: User | None = None) -> User:
    """A learner, maybe this one, who has confirmed the address."""
    user = user or UserFactory()
    EmailAddress.objects.create(user=user, email=email, verified=True)
    return user


def badge_from_abroad(**values: Any) -> str:
    """Well signed, by somebody whom nobody here knows."""
    return json.dumps(samples.sign(samples.unsigned() | values))


def badge_from_here(learner: User) -> str:
    """Of another organization of the same installation, so that its proof can be checked."""
    complete(
        enrollment=EnrollmentFactory(learner=learner, run=published_course().runs.get()),
        at=TUESDAY,
    )
    tasks.judge()
    credential = Credential.objects.filter(award__learner=learner).latest("pk")
    return bytes(credential.document).decode()


def claimed(
    learner: User | None = None, *, course: Any = None, badge: str = "", **values: Any
) -> PriorLearningClaim:
    """An undecided claim for the course's provider, with a badge or by words."""
    given = {
        "learner": learner or UserFactory(),
        "organization": (course or published_course()).provider,
        "statement": "I drew maps for ten years.",
        "at": TUESDAY,
    } | values
    if badge:
        return prior_learning.claim_badge(source=badge, **given)
    return prior_learning.claim_with_evidence(**{"files": []} | given)


def granted(
    claim: PriorLearningClaim, course: Any, *, at: datetime.datetime = TUESDAY, **values: Any
) -> PriorLearningClaim:
    given = {"by": UserFactory(), "reason": "The maps are good."} | values
    finding = prior_learning.Finding(course=course)
    prior_learning.grant(claim=claim, finding=finding, at=at, **given)
    claim.refresh_from_db()
    return claim
