"""Where curators decide."""

from __future__ import annotations

import pytest

from accounts.models import Membership
from credentials import actions
from credentials.models import Award, Refusal
from tests.admin_pages import url
from tests.credentials.by_hand.deciding import decision, signed_in
from tests.factories import MembershipFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "model"), [("credentials_award_grant", Award), ("credentials_refusal_refuse", Refusal)]
)
def test_a_curator_decides_by_hand_about_their_own(learner, achievement, curator, page, model):
    said = {"learner": "ADA@example.org", "achievement": achievement.pk, "reason": "Known."}

    answer = signed_in(curator).post(url(page), said, follow=True)

    made = model.objects.get()
    assert f"{made}: " in str(*answer.context["messages"])
    assert (made.learner, made.achievement) == (learner, achievement)


@pytest.mark.parametrize("page", ["credentials_award_grant", "credentials_refusal_refuse"])
def test_a_curator_decides_nothing_about_what_others_award(learner, curator, page):
    other = published_course().achievement
    said = {"learner": learner.email, "achievement": other.pk, "reason": "Known."}

    response = signed_in(curator).post(url(page), said)

    assert "Select a valid choice" in response.text


def test_the_page_says_why_it_cannot_be_awarded(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))
    said = {"learner": learner.email, "achievement": achievement.pk, "reason": "Known."}

    response = signed_in(curator).post(url("credentials_award_grant"), said)

    assert "The learner holds this already." in response.text


def test_the_page_says_that_nobody_has_the_address(achievement, curator):
    said = {"learner": "nobody@example.org", "achievement": achievement.pk, "reason": "Known."}

    response = signed_in(curator).post(url("credentials_award_grant"), said)

    assert "Nobody here has this address." in response.text


def test_a_curator_lifts_a_refusal_with_a_reason(learner, achievement, curator):
    refusal = actions.refuse(**decision(learner, achievement, curator))

    signed_in(curator).post(url("credentials_refusal_lift", refusal.pk), {"reason": "Cleared up."})

    refusal.refresh_from_db()
    assert (refusal.lifted_by, refusal.lift_reason) == (curator, "Cleared up.")


def test_whoever_comes_late_is_told(learner, achievement, curator, asked):
    client = signed_in(curator)
    refusal = actions.refuse(**decision(learner, achievement, curator))

    for page, late in (
        (url("credentials_refusal_lift", refusal.pk), "The refusal is lifted already."),
        (url("credentials_appeal_refuse", asked.pk), "The appeal is answered already."),
    ):
        client.post(page, {"reason": "The first."})
        assert late in client.post(page, {"reason": "The second."}, follow=True).text

    refusal.refresh_from_db()
    asked.refresh_from_db()
    assert (refusal.lift_reason, asked.answer) == ("The first.", "The first.")


@pytest.mark.parametrize(("page", "awards"), [("grant", 1), ("refuse", 0)])
def test_a_curator_answers_an_appeal(curator, asked, page, awards):
    client = signed_in(curator)
    assert "1 appeal to be answered" in client.get(url("index")).text

    client.post(url(f"credentials_appeal_{page}", asked.pk), {"reason": "Seen."})

    asked.refresh_from_db()
    assert asked.answered_by == curator
    assert Award.objects.count() == awards


@pytest.mark.parametrize("page", ["grant", "refuse", "change"])
def test_curators_of_others_do_not_see_an_appeal(asked, page):
    stranger = UserFactory(is_staff=True)
    MembershipFactory(user=stranger, role=Membership.Role.CURATOR)

    path = url(f"credentials_appeal_{page}", asked.pk)

    assert signed_in(stranger).get(path).status_code in {302, 404}
    assert signed_in(stranger).post(path, {"reason": "x"}).status_code in {302, 403, 404}
    assert not Award.objects.exists()
