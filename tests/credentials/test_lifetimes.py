"""A credential's term and what follows what, on its page."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client

from credentials.models import Award, Credential
from tests.credentials.awards import due_awards, issue_all
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db
YEAR = datetime.timedelta(days=365)


@pytest.fixture
def first():
    award = due_awards(1, expires_at=TUESDAY + YEAR)[0]
    issue_all()
    return Credential.objects.get(award=award)


def renewed(credential, **values):
    old = credential.award
    Award.objects.create(
        learner=old.learner,
        achievement=old.achievement,
        version=old.version,
        number=2,
        renews=old,
        decided_at=TUESDAY + YEAR,
        due_at=TUESDAY + YEAR,
        expires_at=TUESDAY + 2 * YEAR,
    )
    issue_all(at=TUESDAY + YEAR)
    found = Credential.objects.get(award__renews=old)
    Credential.objects.filter(pk=found.pk).update(**values)
    return found


def page(credential, *, at=TUESDAY, reader=None):
    client = Client()
    if reader:
        client.force_login(reader)
    with time_machine.travel(at, tick=False):
        return client.get(credential.get_absolute_url()).text


def test_the_page_says_until_when_it_is_valid(first):
    assert "Valid until 3 March 2027" in page(first)


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Gültig bis 3. März 2027"), ("es", "Válida hasta el 3 de marzo de 2027")],
)
def test_days_are_written_as_the_language_writes_them(first, client, language, said):
    page = client.get(first.get_absolute_url(), headers={"Accept-Language": language})

    assert said in page.text


def test_the_page_says_that_it_has_expired(first):
    assert "Expired on 3 March 2027" in page(first, at=TUESDAY + YEAR)


def test_the_holder_is_told_from_when_on_it_can_be_renewed(first):
    assert "It can be renewed from 4 September 2026 on." in page(first, reader=first.award.learner)


def test_others_are_not_told_how_to_renew_it(first):
    assert "can be renewed" not in page(first)


def test_the_old_page_leads_to_what_renewed_it(first):
    second = renewed(first)

    text = page(first)

    assert "Renewed by" in text
    assert second.get_absolute_url() in text
    assert "can be renewed" not in page(first, reader=first.award.learner)


def test_the_new_page_leads_to_what_it_renews(first):
    second = renewed(first)

    text = page(second)

    assert "Renews" in text
    assert first.get_absolute_url() in text


def test_nobody_is_led_to_what_the_holder_keeps_to_themselves(first):
    second = renewed(first, visibility="off")

    assert second.get_absolute_url() not in page(first)
    assert second.get_absolute_url() in page(first, reader=first.award.learner)


def test_what_took_the_place_of_a_credential_is_shown_on_both(first):
    Credential.objects.filter(pk=first.pk).update(revoked_at=TUESDAY, revocation_reason="Its key.")
    Award.objects.filter(pk=first.award_id).update(issued_at=None)
    issue_all()
    second = Credential.objects.get(supersedes=first)

    assert "Followed by" in page(first)
    assert "Takes the place of" in page(second)
