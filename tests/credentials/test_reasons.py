"""Reasons of our own: kept in English, and said in the language of whoever reads them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from credentials import actions, reasons
from credentials.models import Award, Credential
from credentials.vc.said import Said
from tests.credentials.awards import issued
from tests.credentials.test_saying import asked, stored
from tests.factories import TUESDAY, UserFactory

KEPT = "It rested on “Maps”, which was revoked: It was\nnot hers, which was revoked: so."


def test_a_kept_text_is_one_of_our_sentences_again():
    said = reasons.recall(KEPT)

    assert said == KEPT
    assert isinstance(said, Said)
    assert said.values == {
        "name": "Maps",
        "reason": "It was\nnot hers, which was revoked: so.",
    }


@pytest.mark.parametrize("text", ["Not hers.", "", "What it rests on was changed", "{reason}"])
def test_what_somebody_wrote_stays_as_it_is(text):
    with translation.override("de"):
        assert reasons.in_words(text) == text


@pytest.mark.parametrize("sentence", reasons.OURS)
def test_each_sentence_is_found_in_its_text(sentence):
    values = {"name": "Maps", "reason": "Not hers."}
    text = sentence.template.format(**values)

    with translation.override("de"):
        found = reasons.in_words(text)

    assert reasons.recall(text) == text
    assert found != text
    assert ("Not hers." in found) == ("Not hers." in text)


@pytest.mark.django_db
def test_pages_say_in_german_what_fell_and_why(client):
    (credential,) = issued()
    award = credential.award
    text = reasons.RESTS_ON_CHANGED.anew(reason="Verwechslung")
    actions.revoke(award=award, by=UserFactory(), reason=text, at=TUESDAY)
    in_german = {"accept-language": "de"}

    shown = client.get(credential.get_absolute_url(), headers=in_german).text
    client.force_login(award.learner)
    why = client.get(
        reverse("credentials:why", args=[award.achievement.public_id]), headers=in_german
    ).text

    words = "Was ihm zugrunde liegt, wurde geändert: Verwechslung"
    assert words in shown
    assert words in why
    assert any(said.endswith(words) for said in asked(client, text=stored(credential)))
    assert Award.objects.get().revocation_reason == text
    assert Credential.objects.get().revocation_reason == text
