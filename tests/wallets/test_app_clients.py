"""Apps register and get, refresh and give back tokens: OAuth 2.0 as Open Badges 3.0 §7 has it."""

from __future__ import annotations

import datetime
import logging

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import ApiClient
from tests.wallets.host import FORM, READ, READ_PROFILE, REDIRECT, WRITE, Host, refresh

pytestmark = pytest.mark.django_db


# --- Registering --------------------------------------------------------------------------------


def test_the_metadata_says_what_there_is(settings):
    said = Client().get("/.well-known/oauth-authorization-server").json()

    assert said["issuer"] == settings.BASE_URL
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert "refresh_token" in said["grant_types_supported"]
    assert said["registration_endpoint"] == f"{settings.BASE_URL}/oauth/register"


def test_an_app_registers_itself_and_is_told_its_secret_once(host):
    assert host.client["client_name"] == "Backpack"
    assert host.client["grant_types"] == ["authorization_code"]
    assert host.client["token_endpoint_auth_method"] == "client_secret_basic"
    assert host.client["client_secret_expires_at"] == 0
    application = ApiClient.objects.get()
    assert host.client["client_secret"] not in application.client_secret
    assert application.organization is None


def test_an_app_that_can_keep_no_secret_gets_none():
    answer = Host().register(token_endpoint_auth_method="none")

    assert answer.status_code == 201
    assert "client_secret" not in answer.json()


def test_without_a_scope_an_app_may_only_read():
    said = Host().register(scope=None).json()

    assert said["scope"].split() == [READ, READ_PROFILE]


def test_scopes_that_are_not_known_are_left_out():
    assert Host().register(scope=f"openid {READ} catalog:read").json()["scope"] == READ


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": [REDIRECT] * 6}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://host.example/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example/back#here"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://*.example/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://me@host.example/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example/a b"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example:0x/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example;sandbox/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example?back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [1]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://host.example/" + "x" * 500]}, "invalid_redirect_uri"),
        ({"client_name": None}, "invalid_client_metadata"),
        ({"client_name": "x" * 101}, "invalid_client_metadata"),
        ({"client_name": "Back\u202epack"}, "invalid_client_metadata"),
        ({"client_name": ["Backpack"]}, "invalid_client_metadata"),
        ({"client_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
        ({"logo_uri": "http://host.example/logo.png"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"grant_types": ["refresh_token"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"scope": "catalog:read"}, "invalid_client_metadata"),
        ({"scope": [READ]}, "invalid_client_metadata"),
        ({"contacts": "me@host.example"}, "invalid_client_metadata"),
    ],
)
def test_what_cannot_be_registered_is_named(changed, error):
    answer = Host().register(**changed)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{", "x" * 70_000])
def test_what_is_no_registration_is_refused(body):
    answer = Client().post("/oauth/register", body, content_type="application/json")

    assert answer.status_code in {400, 413}


def test_registrations_are_limited(host):
    answers = [Host().register().status_code for _ in range(20)]

    assert answers == [201] * 19 + [429]


def test_an_app_that_nobody_lets_in_is_forgotten_after_a_day(host, person):
    used = Host().connect(person)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        Host().register()

    kept = set(ApiClient.objects.values_list("client_id", flat=True))
    assert host.client["client_id"] not in kept
    assert used.client["client_id"] in kept


# --- Tokens -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "guessed"}, "invalid_grant"),
        ({"code_verifier": "x" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_alone_gets_nothing(host, person, changed, error):
    (code,) = host.ask(person)["code"]

    answer = host.redeem(**{"code": code} | changed)

    assert answer.status_code in {400, 401}
    assert answer.json()["error"] in {error, "invalid_grant"}


def test_a_code_is_good_once(host, person):
    (code,) = host.ask(person)["code"]
    host.redeem(code)

    assert host.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_ends_after_a_minute(host, person):
    (code,) = host.ask(person)["code"]

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        assert host.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_of_another_app_gets_nothing(host, person):
    (code,) = host.ask(person)["code"]
    other = Host(verifier=host.verifier)
    other.register()

    assert other.redeem(code).json()["error"] == "invalid_grant"


def test_a_wrong_secret_gets_nothing(host, person):
    (code,) = host.ask(person)["code"]
    host.client["client_secret"] = "guessed"

    assert host.redeem(code).status_code == 401


def test_a_token_is_refreshed_when_it_is_over(host, person):
    host.connect(person)
    first = dict(host.tokens)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2)):
        over = host.call("GET", "credentials").status_code
        answer = refresh(host)
        again = host.call("GET", "credentials").status_code

    assert (over, answer.status_code, again) == (401, 200, 200)
    assert host.tokens["refresh_token"] != first["refresh_token"]


def test_a_refresh_token_that_was_stolen_ends_the_connection(host, person):
    host.connect(person)
    stolen = host.tokens["refresh_token"]
    refresh(host)

    answer = host.fetch(grant_type="refresh_token", refresh_token=stolen)

    assert answer.json()["error"] == "invalid_grant"
    assert refresh(host).json()["error"] == "invalid_grant"


def test_no_refresh_gets_more_than_was_allowed(host, person):
    host.connect(person)

    answer = host.fetch(
        grant_type="refresh_token", refresh_token=host.tokens["refresh_token"], scope=WRITE
    )

    assert answer.json()["error"] == "invalid_scope"


TOKENS = ("access_token", "refresh_token")


@pytest.mark.parametrize("which", TOKENS)
def test_an_app_gives_its_token_back(host, person, which):
    host.connect(person)

    answer = host.http.post(
        "/oauth/revoke",
        f"token={host.tokens[which]}",
        content_type=FORM,
        headers={"authorization": f"Basic {host.password()}"},
    )

    assert answer.status_code == 200
    assert host.call("GET", "credentials").status_code == 401


def test_nothing_secret_is_logged(host, person, caplog):
    caplog.set_level(logging.DEBUG)
    (code,) = host.ask(person)["code"]
    host.redeem(code)
    refresh(host)
    host.call("GET", "credentials")

    secrets = [code, host.client["client_secret"], *map(host.tokens.get, TOKENS)]

    assert not [secret for secret in secrets if secret in caplog.text]


def test_failures_are_slowed_down(host, person):
    for _ in range(20):
        host.redeem("guessed")

    assert host.redeem("guessed").status_code == 429
