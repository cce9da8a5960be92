"""Appeals and their answers."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from credentials import actions
from credentials.models import Appeal, Award, JudgementRequest
from tests.credentials.by_hand.deciding import answer, decision, signed_in
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


def test_an_appeal_that_is_open_is_not_written_twice(learner, achievement, asked):
    again = actions.appeal(learner=learner, achievement=achievement, text="Please.", at=TUESDAY)

    assert again == asked
    assert again.text == "I did it elsewhere."


def test_an_appeal_says_why(learner, achievement):
    with pytest.raises(actions.ReasonMissing):
        actions.appeal(learner=learner, achievement=achievement, text=" ", at=TUESDAY)


def test_an_appeal_that_is_granted_awards_though_it_was_refused(
    learner, achievement, curator, asked
):
    actions.refuse(**decision(learner, achievement, curator))

    answer(asked, curator, is_granted=True)

    award = Award.objects.get()
    assert (award.granted_by, award.grant_reason) == (curator, "Seen.")
    assert JudgementRequest.objects.filter(learner=learner).exists()


def test_an_appeal_that_is_declined_awards_nothing(curator, asked):
    answer(asked, curator, is_granted=False)

    assert not Award.objects.exists()


@pytest.mark.parametrize(
    ("is_granted", "words"), [(True, "is awarded to you"), (False, "is not awarded to you")]
)
def test_the_learner_is_told_the_answer(learner, curator, asked, is_granted, words):
    answer(asked, curator, is_granted=is_granted, text="The reason.")

    message = learner.messages.get(kind="request_decided")
    assert words in message.text
    assert "The reason." in message.text


def test_an_appeal_is_answered_once(curator, asked):
    answer(asked, curator, is_granted=False)

    assert not answer(asked, curator, is_granted=True)

    assert not Award.objects.exists()


def test_an_answer_that_cannot_be_carried_out_leaves_the_appeal_open(
    learner, achievement, curator, asked
):
    actions.grant(**decision(learner, achievement, curator))

    with pytest.raises(actions.CannotDecide):
        answer(asked, curator, is_granted=True)

    asked.refresh_from_db()
    assert asked.answered_at is None


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"text": ""}, "appeal_says_something"),
        ({"answered_at": TUESDAY}, "appeal_answered_as_a_whole"),
        ({"answer": "No."}, "appeal_answered_as_a_whole"),
    ],
)
def test_an_appeal_that_is_not_whole_is_refused(asked, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Appeal.objects.filter(pk=asked.pk).update(**values)


def test_one_appeal_is_open_at_a_time(learner, achievement, asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(
            learner=learner, achievement=achievement, text="Again.", asked_at=TUESDAY
        )


def test_a_learner_appeals_on_a_page_and_reads_the_answer_there(learner, achievement, curator):
    client = signed_in(learner)
    path = f"/achievements/{achievement.public_id}/appeal"
    assert client.post(path, {"text": " "}).status_code == 422
    client.post(path, {"text": "I did it elsewhere."})
    assert "Not answered yet" in client.get(path).text

    answer(Appeal.objects.get(), curator, is_granted=False, text="It is not enough.")

    assert "It is not enough." in client.get(path).text


def test_nobody_reads_the_appeals_of_others(achievement, asked):
    page = signed_in(UserFactory()).get(f"/achievements/{achievement.public_id}/appeal")

    assert "I did it elsewhere." not in page.text
