"""What people decide beside the rules: awards and refusals by hand, and appeals."""

from __future__ import annotations

import datetime
import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Membership
from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import Achievement
from credentials import actions, tasks
from credentials.models import Appeal, Award, Credential, JudgementRequest, Refusal
from notifications.models import Message
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    TrackFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


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


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def decision(learner, achievement, curator, **values):
    return {
        "learner": learner,
        "achievement": achievement,
        "by": curator,
        "reason": "Shown in an interview.",
        "at": TUESDAY,
    } | values


def complete(learner, track):
    run = track.achievement.versions.get().rule_nodes.get(course__isnull=False).course.runs.get()
    EnrollmentFactory(learner=learner, run=run, completed=True)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)


def held(learner):
    standing = Award.objects.standing().filter(learner=learner)
    return sorted(standing.values_list("version__name", flat=True))


# --- Awarding ----------------------------------------------------------------------------------


def test_what_is_awarded_by_hand_is_stacked_upon(learner, achievement, curator):
    actions.grant(**decision(learner, achievement, curator))

    tasks.judge()

    assert held(learner) == ["Lower", "Upper"]


def test_an_award_by_hand_has_the_term_of_its_version(learner, achievement, curator):
    in_term(achievement.track, months=12)

    award = actions.grant(**decision(learner, achievement, curator))

    assert award.expires_at == TUESDAY.replace(year=TUESDAY.year + 1)


def in_term(track, *, months):
    draft = catalog_actions.draft_version(achievement=track.achievement)
    rules.store(draft, rules.load(track.achievement.versions.current().get()))
    draft.valid_months = months
    draft.save()
    catalog_actions.publish_track(track=track, at=TUESDAY)


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


# --- Refusing ----------------------------------------------------------------------------------


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


# --- Appeals -----------------------------------------------------------------------------------


@pytest.fixture
def asked(learner, achievement):
    return actions.appeal(
        learner=learner, achievement=achievement, text="I did it elsewhere.", at=TUESDAY
    )


def test_an_appeal_that_is_open_is_not_written_twice(learner, achievement, asked):
    again = actions.appeal(learner=learner, achievement=achievement, text="Please.", at=TUESDAY)

    assert again == asked
    assert again.text == "I did it elsewhere."


def test_an_appeal_says_why(learner, achievement):
    with pytest.raises(actions.ReasonMissing):
        actions.appeal(learner=learner, achievement=achievement, text=" ", at=TUESDAY)


def answer(appeal, curator, *, is_granted, text="Seen."):
    return actions.answer_appeal(
        appeal=appeal, is_granted=is_granted, by=curator, answer=text, at=TUESDAY
    )


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


# --- In the admin ------------------------------------------------------------------------------


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
