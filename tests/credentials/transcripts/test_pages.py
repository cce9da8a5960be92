"""Transcripts chosen, looked at, shared, deleted and forgotten."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.actions import erase_due, request_erasure
from credentials import actions, addresses
from credentials.models import Transcript
from tests.credentials.transcripts.making import made, named, of
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


def test_the_learner_chooses_looks_and_has_it_made(client, learner):
    client.force_login(learner)
    chosen = [str(named(learner, name).public_id) for name in ("Maps", "Pilot")]

    choice = client.get(reverse("credentials:choose_for_transcript")).content.decode()
    assert choice.count(" checked>") == 3
    preview = client.get(
        reverse("credentials:new_transcript"), {"credential": chosen}
    ).content.decode()
    assert "It will hold 2 credentials." in preview
    assert "“Maps” counted in “Pilot”" in preview
    assert "One of yours is left out" in preview
    answer = client.post(
        reverse("credentials:new_transcript"), {"credential": chosen, "name": "For Harbor"}
    )

    transcript = Transcript.objects.get()
    assert answer["Location"] == transcript.get_absolute_url()
    assert (transcript.name, transcript.is_partial, transcript.visibility) == (
        "For Harbor",
        True,
        "off",
    )
    assert "It is being signed" in client.get(transcript.get_absolute_url()).content.decode()


@pytest.mark.parametrize("picked", [[], ["nonsense"], ["00000000-0000-4000-8000-000000000000"]])
def test_choosing_nothing_leads_back_with_a_word(client, learner, picked):
    client.force_login(learner)

    answer = client.get(reverse("credentials:new_transcript"), {"credential": picked}, follow=True)

    assert "Choose at least one credential" in answer.content.decode()


def test_another_s_credential_is_not_taken(client, learner):
    client.force_login(UserFactory())

    client.post(
        reverse("credentials:new_transcript"),
        {"credential": [str(one.public_id) for one in of(learner)], "name": "Mine"},
    )

    assert not Transcript.objects.exists()


def test_without_a_name_it_is_not_made(client, learner):
    client.force_login(learner)

    answer = client.post(
        reverse("credentials:new_transcript"),
        {"credential": [str(of(learner)[0].public_id)], "name": " "},
    )

    assert answer.status_code == 422
    assert not Transcript.objects.exists()


@pytest.mark.parametrize("suffix", ["", "/json", "/jwt"])
def test_until_it_is_shared_it_does_not_exist_for_others(client, learner, suffix):
    address = made(learner, visibility="off").get_absolute_url() + suffix

    assert client.get(address).status_code == 404
    client.force_login(learner)
    assert client.get(address).status_code == 200


def test_its_page_leads_to_the_signed_document(client, learner):
    transcript = made(learner)
    address = transcript.get_absolute_url()

    page = client.get(address)
    as_json = client.get(address, headers={"accept": "application/vc"})

    assert "Mai Tran" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert as_json.content == bytes(transcript.document)
    assert client.get(f"{address}/json").content == bytes(transcript.document)
    assert client.get(f"{address}/jwt").content == bytes(transcript.token)


def test_the_verify_page_takes_its_address(client, learner):
    address = addresses.transcript(made(learner))

    page = client.get(reverse("credentials:verify"), {"address": address}).content.decode()

    assert "This credential is genuine and valid." in page
    assert "“Tides” is genuine and valid." in page


def test_the_verify_page_does_not_find_what_is_not_shared(client, learner):
    address = addresses.transcript(made(learner, visibility="off"))

    assert client.get(reverse("credentials:verify"), {"address": address}).status_code == 422


def test_sharing_is_taken_back(client, learner):
    transcript = made(learner)
    client.force_login(learner)

    client.post(f"{transcript.get_absolute_url()}/visibility", {"visibility": "off"})

    client.logout()
    assert client.get(transcript.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("page", ["visibility", "delete"])
def test_nobody_else_decides_about_it(client, learner, page):
    transcript = made(learner)
    client.force_login(UserFactory())

    answer = client.post(f"{transcript.get_absolute_url()}/{page}", {"visibility": "public"})

    assert answer.status_code == 404
    transcript.refresh_from_db()
    assert (transcript.visibility, transcript.deleted_at) == ("link", None)


def is_gone(client, transcript):
    transcript.refresh_from_db()
    kept = bytes(transcript.document), bytes(transcript.token), transcript.recipient_name
    assert kept == (b"", b"", "")
    assert not transcript.entries.exists()
    answers = [
        client.get(transcript.get_absolute_url() + suffix) for suffix in ("", "/json", "/jwt")
    ]
    assert [answer.status_code for answer in answers] == [410] * 3
    return answers[0].content.decode()


def test_deleted_it_is_gone_and_says_so(client, learner):
    transcript = made(learner)
    client.force_login(learner)
    client.post(f"{transcript.get_absolute_url()}/delete")
    client.logout()

    assert "has deleted it" in is_gone(client, transcript)
    assert of(learner)


def test_deleted_it_never_comes_back(learner):
    transcript = made(learner)
    actions.delete_transcript(transcript=transcript, at=TUESDAY)

    with pytest.raises(IntegrityError):
        Transcript.objects.filter(pk=transcript.pk).update(deleted_at=None)


def test_with_its_learner_it_is_forgotten(client, learner):
    transcript = made(learner)
    request_erasure(user=learner, by=learner, at=TUESDAY)

    assert erase_due(at=TUESDAY)

    is_gone(client, transcript)


def test_one_of_an_erased_learner_is_not_signed(learner):
    actions.request_transcript(
        learner=learner, credentials=of(learner), name="All of it", at=TUESDAY
    )
    request_erasure(user=learner, by=learner, at=TUESDAY)
    erase_due(at=TUESDAY)

    assert actions.sign_due_transcripts(at=TUESDAY) == 0
