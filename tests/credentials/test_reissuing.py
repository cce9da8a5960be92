"""A key may be in other hands: what it signed gets successors."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import CommandError, call_command

from credentials import actions, addresses, keys, tasks, verifying, verifying_own
from credentials.models import Award, Credential, SigningKey
from credentials.vc.verify import Verdict
from notifications.models import Message
from tests.credentials.awards import due_awards, issue_all, issued
from tests.factories import TUESDAY, UserFactory, published_course

LATER = TUESDAY + datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def signed():
    """One credential of Tuesday and one of the day after, by one key that is retired since."""
    achievement = published_course().achievement
    first = issued(achievement=achievement)[0]
    (award,) = due_awards(1, achievement=achievement)
    issue_all(at=LATER)
    keys.rotate(organization=first.key.organization, at=LATER)
    first.key.refresh_from_db()
    return first, award.credentials.get()


def verdict(credential):
    return verifying_own.verify_id(credential.public_id).verdict


def test_what_was_signed_since_gets_a_successor(signed):
    first, second = signed

    count = actions.reissue_signed_by(key=first.key, since=LATER, at=LATER)
    tasks.issue()
    tasks.sweep()

    successor = second.superseded_by
    assert count == 1
    assert [verdict(item) for item in (first, second, successor)] == ["valid", "revoked", "valid"]
    assert successor.key != first.key


def test_why_it_was_awarded_leads_to_the_successor(signed, client):
    _, second = signed
    award = second.award
    actions.reissue_signed_by(key=second.key, since=LATER, at=LATER + datetime.timedelta(days=1))
    tasks.issue()
    client.force_login(award.learner)

    said = client.get(f"/achievements/{award.achievement.public_id}/why").text

    assert award.credentials.first().get_absolute_url() in said
    assert second.get_absolute_url() not in said


def test_repeating_it_replaces_nothing_again(signed):
    first, _ = signed
    actions.reissue_signed_by(key=first.key, since=TUESDAY, at=LATER)
    tasks.issue()

    assert actions.reissue_signed_by(key=first.key, since=TUESDAY, at=LATER) == 0
    assert Credential.objects.count() == 4


def test_what_was_revoked_before_gets_no_successor(signed):
    first, second = signed
    actions.revoke(award=second.award, by=UserFactory(), reason="A mistake", at=LATER)

    actions.reissue_signed_by(key=first.key, since=TUESDAY, at=LATER)
    tasks.issue()

    assert list(Award.objects.get(pk=second.award_id).credentials.all()) == [second]


def test_the_learner_is_told_of_the_successor_once(signed):
    first, _ = signed
    actions.reissue_signed_by(key=first.key, since=TUESDAY, at=LATER)
    tasks.issue()
    tasks.issue()

    assert Message.objects.filter(recipient=first.award.learner).count() == 2


def test_a_key_in_use_is_refused():
    (credential,) = issued()

    with pytest.raises(actions.StillActive):
        actions.reissue_signed_by(key=credential.key, since=TUESDAY, at=LATER)


def test_distrusting_a_key_refuses_what_it_signed_and_spares_the_successors():
    first, second = issued(2)

    call_command("reissue_signed_by", addresses.key_id(first.key), "--distrust", verbosity=0)
    report = verifying.verify_stored(second)
    tasks.issue()
    tasks.sweep()

    assert report.verdict == Verdict.INVALID
    assert verifying.verify_stored(first.superseded_by).verdict == Verdict.VALID


def test_what_a_batch_signed_that_began_before_the_key_was_made_is_replaced_too():
    (credential,) = issued()
    SigningKey.objects.filter(pk=credential.key_id).update(created_at=LATER)

    call_command("reissue_signed_by", addresses.key_id(credential.key), "--distrust", verbosity=0)
    tasks.issue()

    assert credential.superseded_by is not None


def test_distrust_spares_nothing():
    key = issued()[0].key

    with pytest.raises(CommandError, match="leave out --since"):
        call_command(
            "reissue_signed_by", addresses.key_id(key), "--distrust", "--since", "2030-01-01"
        )


def test_the_command_takes_the_slug_and_a_date(signed, capsys):
    first, _ = signed
    reference = f"{first.key.organization.slug}#{first.key.fragment}"

    call_command("reissue_signed_by", reference, "--since", f"{LATER:%Y-%m-%d}")

    assert capsys.readouterr().out.startswith("1 credentials")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nobody#key-1"], "No signing key"), (["{}", "--since", "yesterday"], "is not a date")],
)
def test_the_command_says_what_is_wrong(signed, arguments, message):
    known = addresses.key_id(signed[0].key)

    with pytest.raises(CommandError, match=message):
        call_command("reissue_signed_by", *[text.format(known) for text in arguments])


def test_a_key_in_use_is_refused_by_the_command():
    key = issued()[0].key

    with pytest.raises(CommandError, match="Rotate first"):
        call_command("reissue_signed_by", addresses.key_id(key))
