from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import ApiClient
from api.v1.permissions import HasScope
from api.v1.views import ClientView
from tests.api.conftest import Caller, assert_problem, make_client, make_token
from tests.factories import UserFactory

ID = "00000000-0000-4000-8000-000000000000"
OPERATIONS = [
    ("get", "/api/v1/courses", "catalog:read"),
    ("get", f"/api/v1/courses/{ID}", "catalog:read"),
    ("get", "/api/v1/courses/search", "catalog:read"),
    ("get", "/api/v1/tracks", "catalog:read"),
    ("get", f"/api/v1/tracks/{ID}", "catalog:read"),
    ("get", "/api/v1/completions", "completions:read"),
    ("get", f"/api/v1/completions/{ID}", "completions:read"),
    ("post", "/api/v1/verify", "credentials:verify"),
]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_no_token_no_answer(db: None, method: str, path: str, scope: str):
    response = getattr(Client(), method)(path)

    assert_problem(response, 401, "no-token")
    assert response["WWW-Authenticate"] == 'Bearer realm="Cairn API"'


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_token_without_the_scope_is_told_which(
    api_client: ApiClient, method: str, path: str, scope: str
):
    other = "credentials:verify" if scope != "credentials:verify" else "catalog:read"
    caller = Caller(make_token(api_client, scope=other))

    response = getattr(caller.client, method)(path)

    assert scope in assert_problem(response, 403, "insufficient-scope")["detail"]
    assert f'scope="{scope}"' in response["WWW-Authenticate"]


def test_a_session_is_no_token(db: None):
    client = Client()
    client.force_login(UserFactory(is_superuser=True))

    assert_problem(client.get("/api/v1/courses"), 401)


def test_an_expired_token_is_refused(api_client: ApiClient):
    caller = Caller(make_token(api_client, valid_for=datetime.timedelta(seconds=-1)))

    response = caller.get("/api/v1/courses")

    assert_problem(response, 401, "invalid-token")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "Basic eDp5", "token", "ß"])
def test_other_authorization_is_refused(db: None, value: str):
    assert_problem(Client(headers={"authorization": value}).get("/api/v1/courses"), 401)


def test_a_token_in_the_address_is_not_read(api: Caller):
    assert_problem(Client().get("/api/v1/courses", {"access_token": "token"}), 401)


def test_a_client_without_an_organization_is_told_what_to_do(db: None):
    caller = Caller(make_token(make_client(None)))

    problem = assert_problem(caller.get("/api/v1/courses"), 403, "no-organization")

    assert "administrator" in problem["detail"]


def test_a_token_without_a_client_is_refused(db: None):
    assert_problem(Caller(make_token(None)).get("/api/v1/courses"), 403, "no-organization")


def test_a_view_that_declares_no_scope_answers_nobody():
    request = SimpleNamespace(auth=SimpleNamespace(allow_scopes=lambda scopes: True))

    assert not HasScope().has_permission(request, ClientView())


def test_every_operation_is_listed_above():
    routes = {
        route.replace("<uuid:public_id>", ID)
        for route in (
            str(pattern.pattern)
            for resolver in get_resolver("api.urls").url_patterns
            if str(resolver.pattern) == "v1/"
            for pattern in resolver.url_patterns
        )
    }

    listed = {path.removeprefix("/api/v1/") for _, path, _ in OPERATIONS}
    assert routes == listed | {"schema/"}
    assert reverse("api:schema") == "/api/v1/schema/"
