"""Each constraint and guard of claims, broken once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from credentials.models import PriorLearningClaim, PriorLearningFile, Recognition
from tests.factories import TUESDAY, OrganizationFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db
KEY = "a" * 64
BADGE = {"badge": "{}", "badge_key": KEY, "verdict": "valid"}


def a_claim(**values) -> PriorLearningClaim:
    given = {"statement": "I know it.", "submitted_at": TUESDAY} | values
    given.setdefault("learner", UserFactory())
    return PriorLearningClaim.objects.create(organization=OrganizationFactory(), **given)


def a_recognition(learner) -> Recognition:
    return Recognition.objects.create(
        learner=learner, course=published_course(), recognized_at=TUESDAY, by=UserFactory(),
        reason="Seen.",
    )  # fmt: skip


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    "values",
    [
        {"statement": ""},
        BADGE | {"verdict": ""},
        BADGE | {"verdict": "revoked"},
        BADGE | {"badge_key": ""},
        BADGE | {"badge_key": "A" * 64},
        BADGE | {"badge": ""},
    ],
)
def test_a_claim_shows_something_that_is_not_refuted(values):
    with refuses("prior_learning_shown_and_not_refuted"):
        a_claim(**values)


def test_a_badge_needs_no_words():
    assert a_claim(**BADGE, statement="").pk


DECIDED = "prior_learning_decided_by_another_with_a_reason"


@pytest.mark.parametrize("status", ["refused", "granted", "withdrawn"])
def test_a_decision_has_a_time_and_a_person(status):
    with refuses(DECIDED):
        a_claim(status=status, reason="Seen.")


def test_a_refusal_has_a_reason():
    with refuses(DECIDED):
        a_claim(status="refused", decided_at=TUESDAY, decided_by=UserFactory())


def test_nobody_grants_their_own():
    learner = UserFactory()
    with refuses(DECIDED):
        a_claim(
            learner=learner, status="granted", decided_at=TUESDAY, decided_by=learner,
            reason="Mine.", recognition=a_recognition(learner),
        )  # fmt: skip


def test_nobody_refuses_their_own():
    learner = UserFactory()
    with refuses(DECIDED):
        a_claim(
            learner=learner, status="refused", decided_at=TUESDAY, decided_by=learner, reason="No."
        )


def test_nothing_is_granted_without_a_recognition():
    with refuses(DECIDED):
        a_claim(
            status="granted", decided_at=TUESDAY, decided_by=UserFactory(), reason="It is good."
        )


def test_only_the_learner_withdraws_what_is_not_decided():
    with refuses(DECIDED):
        a_claim(status="withdrawn", decided_at=TUESDAY, decided_by=UserFactory())


def test_what_waits_is_not_decided():
    with refuses(DECIDED):
        a_claim(decided_at=TUESDAY, decided_by=UserFactory(), reason="Seen.")


def test_a_badge_counts_or_waits_once():
    a_claim(**BADGE)

    with pytest.raises(IntegrityError):
        a_claim(**BADGE)


def refused_by(organization, **values):
    return PriorLearningClaim.objects.create(
        learner=UserFactory(), organization=organization, submitted_at=TUESDAY, status="refused",
        decided_at=TUESDAY, decided_by=UserFactory(), reason="No.", **BADGE, **values,
    )  # fmt: skip


def test_an_organization_decides_once_about_a_badge():
    organization = OrganizationFactory()
    refused_by(organization)

    with pytest.raises(IntegrityError):
        refused_by(organization)


def test_another_organization_may_decide_about_a_refused_badge():
    refused_by(OrganizationFactory())

    assert refused_by(OrganizationFactory()).pk


def test_what_was_claimed_stays_as_it_was():
    claim = a_claim()

    with refuses("prior_learning_claim_keeps_what_was_claimed"):
        PriorLearningClaim.objects.filter(pk=claim.pk).update(statement="I know more.")


def test_what_was_decided_stays_decided():
    claim = refused_by(OrganizationFactory())

    with refuses("prior_learning_claim_is_decided_once"):
        PriorLearningClaim.objects.filter(pk=claim.pk).update(
            status="submitted", decided_at=None, decided_by=None, reason=""
        )


def test_what_was_granted_is_never_refused_afterwards():
    learner = UserFactory()
    claim = a_claim(
        learner=learner, status="granted", decided_at=TUESDAY, decided_by=UserFactory(),
        reason="Good.", recognition=a_recognition(learner),
    )  # fmt: skip

    with refuses("prior_learning_claim_is_decided_once"):
        PriorLearningClaim.objects.filter(pk=claim.pk).update(status="refused", recognition=None)


@pytest.mark.parametrize("is_new", [True, False])
def test_a_recognition_is_of_the_learner_who_claimed(is_new):
    decided = {
        "status": "granted", "decided_at": TUESDAY, "decided_by": UserFactory(), "reason": "Good.",
        "recognition": a_recognition(UserFactory()),
    }  # fmt: skip

    with refuses("prior_learning_claim_recognized_of_its_learner"):
        if is_new:
            a_claim(**decided)
        else:
            PriorLearningClaim.objects.filter(pk=a_claim().pk).update(**decided)


def a_file(claim, **values) -> PriorLearningFile:
    given = {"name": "a.txt", "content_type": "text/plain", "size": 1, "sha256": KEY} | values
    return PriorLearningFile.objects.create(claim=claim, **given)


@pytest.mark.parametrize("values", [{"size": 0}, {"name": ""}, {"sha256": "?"}])
def test_a_file_is_described(values):
    with refuses("prior_learning_file_is_described"):
        a_file(a_claim(), **values)


def test_no_file_is_added_once_it_is_decided():
    with refuses("prior_learning_file_only_while_waiting"):
        a_file(refused_by(OrganizationFactory()))


def test_a_file_never_changes():
    kept = a_file(a_claim())

    with refuses("prior_learning_file_never_changes"):
        PriorLearningFile.objects.filter(pk=kept.pk).update(name="b.txt")
