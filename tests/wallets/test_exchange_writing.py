"""An app brings badges and changes the profile: Open Badges 3.0 §6."""

from __future__ import annotations

import json
from email.utils import parseaddr

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions as account_actions
from accounts import archive
from credentials import actions, tasks
from credentials.models import Credential, CredentialJwt
from tests.credentials.claims import badge_from_abroad, badge_from_here, confirmed
from tests.factories import TUESDAY, UserFactory
from tests.wallets.host import ALL, Host, brought, code_of
from wallets import badges
from wallets.models import BroughtBadge

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(mine):
    return mine.award.learner


@pytest.fixture
def host(person) -> Host:
    """One that was allowed everything."""
    return Host().connect(person, scope=ALL)


# --- Bringing -----------------------------------------------------------------------------------


@pytest.fixture
def mai(person):
    """The person whom the sample badges are for."""
    return confirmed(user=person)


def test_a_badge_of_others_is_kept_and_listed(host, mai):
    badge = badge_from_abroad()

    answer = host.call("POST", "credentials", badge)

    assert (answer.status_code, answer.text) == (201, badge)
    assert answer["Content-Type"] == "application/json"
    kept = BroughtBadge.objects.get()
    assert (kept.learner, kept.source, kept.verdict) == (mai, badge, "unknown_issuer")
    assert kept.brought_by == "Backpack"
    assert json.loads(badge) in host.call("GET", "credentials").json()["credential"]


def test_the_same_badge_replaces_itself(host, mai):
    host.call("POST", "credentials", badge_from_abroad())
    changed = badge_from_abroad(name="Another name")

    answer = host.call("POST", "credentials", changed)

    assert answer.status_code == 200
    assert BroughtBadge.objects.get().source == changed


def test_a_badge_that_is_a_jwt_comes_and_goes_as_one(host, person):
    other = UserFactory()
    EmailAddress.objects.create(user=other, email=other.email, verified=True)
    credential = Credential.objects.get(public_id=_issued_to(other))
    actions.request_jwt(credential=credential, at=TUESDAY)
    tasks.sign_jwts()
    token = bytes(CredentialJwt.objects.get().token).decode()
    # It was awarded to an address that is now this person's.
    EmailAddress.objects.filter(user=other).update(user=person)

    answer = host.call("POST", "credentials", token, content_type="text/plain")

    assert (answer.status_code, answer.text) == (201, token)
    assert host.call("GET", "credentials").json()["compactJwsString"] == [token]


def _issued_to(learner):
    document = json.loads(badge_from_here(learner))
    return document["id"].rsplit("/", 1)[-1]


def test_ones_own_comes_back_and_is_not_kept_twice(host, person, mine):
    EmailAddress.objects.create(user=person, email=person.email, verified=True)

    answer = host.call("POST", "credentials", bytes(mine.document))

    assert answer.status_code == 200
    assert not BroughtBadge.objects.exists()


def test_a_badge_of_somebody_else_is_refused(host):
    answer = host.call("POST", "credentials", badge_from_abroad())

    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")
    assert "not awarded to any of your" in answer.json()["imsx_description"]


def test_a_badge_that_was_changed_is_refused(host, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    document = json.loads(badge_from_here(person))
    document["credentialSubject"]["achievement"]["name"] = "Emperor"

    answer = host.call("POST", "credentials", document)

    assert answer.status_code == 400
    assert not BroughtBadge.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{}", b"[]", b"nonsense", b"\xff\xfe\x00", b"[" * 10_000])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_what_is_no_badge_is_refused(host, body, kind):
    answer = host.call("POST", "credentials", body, content_type=kind)

    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")


def test_another_kind_of_body_is_refused(host):
    answer = host.call("POST", "credentials", "<badge/>", content_type="application/xml")

    assert (answer.status_code, code_of(answer)) == (415, "invalid_data")


def test_a_badge_that_is_too_large_is_refused(host):
    answer = host.call("POST", "credentials", "x" * (256 * 1024 + 1))

    assert answer.status_code == 413


def test_nobody_keeps_more_than_so_many(host, mai, monkeypatch):
    monkeypatch.setattr(badges, "MOST", 1)
    brought(mai)

    answer = host.call("POST", "credentials", badge_from_abroad())

    assert (answer.status_code, code_of(answer)) == (403, "forbidden")


def test_its_holder_sees_verifies_downloads_and_removes_it(host, mai):
    host.call("POST", "credentials", badge_from_abroad())
    kept = BroughtBadge.objects.get()
    browser = Client()
    browser.force_login(mai)

    shown = browser.get(kept.get_absolute_url())
    file = browser.get(f"{kept.get_absolute_url()}download")
    listed = browser.get("/credentials/").text
    browser.post(f"{kept.get_absolute_url()}remove")

    assert "Issuer unknown" in shown.text
    assert (file.text, file["Content-Type"]) == (kept.source, "application/vc")
    assert kept.get_absolute_url() in listed
    assert not BroughtBadge.objects.exists()


def test_it_goes_with_the_account_and_into_the_copy(host, mai, tmp_path):
    host.call("POST", "credentials", badge_from_abroad())
    with (tmp_path / "copy.zip").open("w+b") as file:
        archive.write(mai, file)
        copied = file.seek(0) or file.read()
    account_actions.request_erasure(user=mai, by=mai, at=timezone.now())
    account_actions.erase_due(at=timezone.now())

    assert b"badges_of_others/" in copied
    assert not BroughtBadge.objects.exists()


@pytest.mark.parametrize("values", [{"key": "0" * 64}, {"key": "1" * 64, "source": ""}])
def test_one_row_for_each_badge_and_none_for_nothing(person, values):
    brought(person)

    with pytest.raises(IntegrityError), transaction.atomic():
        brought(person, **values)


# --- Profile ------------------------------------------------------------------------------------


def test_the_profile_names_the_person_and_nothing_else(host, person):
    said = host.call("GET", "profile").json()

    assert said.keys() == {"@context", "id", "type", "name", "email"}
    assert (said["name"], said["email"]) == (person.credential_name, person.email)
    assert parseaddr(said["email"])[1]


def test_an_app_changes_the_name(host, person):
    said = host.call("GET", "profile").json()

    answer = host.call("PUT", "profile", said | {"name": " Ada  King "})

    person.refresh_from_db()
    assert answer.status_code == 200
    assert answer.json()["name"] == person.credential_name
    assert person.credential_name.split() == ["Ada", "King"]


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "mine@evil.example"},
        {"id": "urn:uuid:another"},
        {"phone": "111-222-3333"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": ["Ada"]},
        {"name": "A\0da"},
        {"type": "Achievement"},
    ],
)
def test_what_an_app_cannot_change_is_refused_and_named(host, person, changed):
    said = host.call("GET", "profile").json()

    answer = host.call("PUT", "profile", said | changed)

    before = person.credential_name, person.email
    person.refresh_from_db()
    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")
    assert (person.credential_name, person.email) == before


@pytest.mark.parametrize("body", ["", "[]", "{", "nonsense"])
def test_what_is_no_profile_is_refused(host, body):
    assert host.call("PUT", "profile", body).status_code == 400
