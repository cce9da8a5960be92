"""People let apps in and put them out: OAuth 2.0 as Open Badges 3.0 §7 has it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from accounts import actions as account_actions
from accounts.models import ApiClient
from tests.credentials.awards import issued
from tests.factories import OrganizationFactory, UserFactory
from tests.wallets.host import FORM, READ, REDIRECT, WRITE, Host, filled, refresh
from wallets.models import RegisteredApp

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- Letting in ---------------------------------------------------------------------------------


def test_the_question_names_the_app_where_it_leads_and_what_it_may(host, browser):
    page = browser.get(host.question(scope=f"{READ} offline_access"))

    assert "Let “Backpack” in?" in page.text
    assert "<strong>host.example</strong>" in page.text
    assert "Read all of your credentials" in page.text
    assert "Stay connected while you are away" in page.text
    assert "Change the name" not in page.text
    assert 'href="https://host.example/privacy"' in page.text
    # The browser lets the form's answer lead to the app, and nowhere else.
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://host.example;" in f"{policy};"
    assert "no-store" in page["Cache-Control"]


def test_an_app_that_was_let_in_before_asks_again(host, person, browser):
    host.connect(person)

    page = browser.get(host.question(approval_prompt="auto"))

    assert "Let “Backpack” in?" in page.text


def test_a_name_cannot_be_more_than_a_name(browser):
    host = Host()
    host.register(client_name="<b>Bank</b>")

    assert "<b>Bank" not in browser.get(host.question()).text


def test_who_is_not_signed_in_signs_in_first(host):
    answer = Client().get(host.question())

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/oauth/authorize%3F")


def test_a_code_gets_tokens_that_work(host, person):
    host.connect(person)

    assert host.tokens["token_type"] == "Bearer"
    assert (host.tokens["scope"], host.tokens["expires_in"]) == (READ, 3600)
    assert host.call("GET", "credentials").status_code == 200
    kept = str(list(AccessToken.objects.values()) + list(RefreshToken.objects.values()))
    assert host.tokens["access_token"] not in kept
    assert host.tokens["refresh_token"] not in kept


def test_the_answer_says_who_gave_it(host, person, settings):
    back = host.ask(person)

    assert (back["state"], back["iss"]) == (["a-state"], [settings.BASE_URL])


def test_an_app_that_keeps_no_secret_gets_tokens_by_its_proof(person):
    host = Host()
    host.register(token_endpoint_auth_method="none")
    (code,) = host.ask(person)["code"]

    answer = host.http.post(
        "/oauth/token",
        f"grant_type=authorization_code&client_id={host.client['client_id']}&code={code}"
        f"&redirect_uri={REDIRECT}&code_verifier={host.verifier}",
        content_type=FORM,
    )

    assert answer.status_code == 200


def test_who_refuses_sends_the_app_away_with_nothing(host, person):
    back = host.ask(person, agree=False)

    assert back["error"] == ["access_denied"]
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"scope": "catalog:read"}, "invalid_scope"),
        ({"scope": f"{READ} {WRITE} all"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_question_that_is_not_safe_goes_back_to_the_app(host, browser, changed, error):
    answer = browser.get(host.question(**changed))

    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == REDIRECT
    assert parse_qs(where.query)["error"] == [error]


def test_a_challenge_that_is_its_own_answer_gets_no_code(host, person):
    back = host.ask(person, code_challenge_method="plain")

    assert (back["error"], "code" in back) == (["invalid_request"], False)


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/back"},
        {"redirect_uri": f"{REDIRECT}/more"},
        {"redirect_uri": f"{REDIRECT}?more=1"},
        {"redirect_uri": "https://host.example.evil.example/back"},
        {"redirect_uri": "http://host.example/back"},
        {"redirect_uri": "https://host.example:99999/back"},
        {"redirect_uri": "https://["},
        {"client_id": "unknown"},
    ],
)
def test_a_question_of_nobody_known_leads_nowhere(host, browser, changed):
    page = browser.get(host.question(**changed))

    assert page.status_code in {400, 401, 403}
    assert "This app cannot be connected" in page.text


def test_a_form_that_was_tampered_with_leads_nowhere(host, browser):
    page = browser.get(host.question())
    form = filled(page, agree=True) | {"redirect_uri": "https://evil.example/"}

    answer = browser.post("/oauth/authorize", form)

    assert answer.status_code == 400


def test_a_form_without_what_was_asked_leads_nowhere(browser):
    page = browser.post("/oauth/authorize", {"allow": "1"})

    assert page.status_code == 400
    assert "This app cannot be connected" in page.text


def test_a_form_of_another_site_lets_nobody_in(host, person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    page = browser.get(host.question())
    form = filled(page, agree=True)
    form.pop("csrfmiddlewaretoken")

    assert browser.post("/oauth/authorize", form).status_code == 403


def test_an_app_gets_no_more_than_it_registered_for(browser):
    host = Host()
    host.register(scope=READ)

    answer = browser.get(host.question(scope=WRITE))

    assert "error=invalid_scope" in answer["Location"]


def test_a_program_of_an_organization_asks_nobody(browser):
    ours = ApiClient.objects.create(
        name="HR",
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        redirect_uris=REDIRECT,
        organization=OrganizationFactory(),
    )
    host = Host(client={"client_id": ours.client_id})

    answer = browser.get(host.question())

    assert answer.status_code in {302, 400, 401, 403}
    assert "Let “HR” in?" not in answer.text


# --- Putting out --------------------------------------------------------------------------------


def test_people_see_their_apps_and_what_those_may(host, person, browser):
    host.connect(person, scope=f"{READ} offline_access")

    page = browser.get("/profile/apps/").text

    assert "Backpack" in page
    assert "host.example" in page
    assert "Read all of your credentials" in page
    assert "Backpack" not in _page_of(UserFactory())


def _page_of(other) -> str:
    client = Client()
    client.force_login(other)
    return client.get("/profile/apps/").text


def test_the_list_is_read_in_as_many_queries_however_long_it_is(
    host, person, browser, django_assert_max_num_queries
):
    for name in ("One", "Two", "Three"):
        other = Host()
        other.register(client_name=name)
        other.connect(person)

    with django_assert_max_num_queries(9):
        assert browser.get("/profile/apps/").text.count('class="panel"') == 3


def test_a_disconnected_app_reads_nothing_any_more(host, person, browser):
    host.connect(person)
    app = RegisteredApp.objects.get()

    browser.post(f"/profile/apps/{app.public_id}/disconnect")

    assert host.call("GET", "credentials").status_code == 401
    assert refresh(host).json()["error"] == "invalid_grant"
    assert "No app is connected" in browser.get("/profile/apps/").text


def test_nobody_disconnects_anothers_app(host, person):
    host.connect(person)
    other = Client()
    other.force_login(UserFactory())

    other.post(f"/profile/apps/{RegisteredApp.objects.get().public_id}/disconnect")

    assert host.call("GET", "credentials").status_code == 200


def test_an_app_sees_nothing_of_who_was_shut_out(host, person):
    host.connect(person)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    assert host.call("GET", "credentials").status_code == 401


def test_who_runs_the_site_puts_an_app_out_for_everybody(host, person, admin_client):
    host.connect(person)
    app = RegisteredApp.objects.get()
    clients = admin_client.get("/admin/accounts/apiclient/").text
    listed = admin_client.get("/admin/wallets/registeredapp/").text

    admin_client.post(f"/admin/wallets/registeredapp/{app.pk}/delete/", {"post": "yes"})

    assert ("Backpack" in clients, "host.example" in listed) == (False, True)
    assert host.call("GET", "credentials").status_code == 401
    assert not ApiClient.objects.exists()


def test_erasure_ends_every_connection(host):
    (credential,) = issued()
    person = credential.award.learner
    host.connect(person)
    account_actions.request_erasure(user=person, by=person, at=timezone.now())
    account_actions.erase_due(at=timezone.now())

    assert not AccessToken.objects.filter(user=person).exists()
    assert host.call("GET", "credentials").status_code == 401
