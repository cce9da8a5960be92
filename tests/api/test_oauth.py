from __future__ import annotations

import base64

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken

from accounts.models import ApiClient
from api.oauth import FAILURES_ALLOWED
from tests.api.conftest import SECRET, Caller, make_client

TOKEN = "/api/oauth/token"
GRANT = {"grant_type": "client_credentials"}
FORM = "application/x-www-form-urlencoded"


def post(data: dict[str, str], *, user: str = "", secret: str = ""):
    headers = {}
    if user:
        pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
        headers["authorization"] = f"Basic {pair}"
    body = "&".join(f"{name}={value}" for name, value in data.items())
    return Client(enforce_csrf_checks=True).post(TOKEN, body, content_type=FORM, headers=headers)


def test_client_credentials_get_a_token_that_works(api_client: ApiClient):
    response = post({**GRANT, "scope": "catalog:read"}, user=api_client.client_id, secret=SECRET)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    token = response.json()
    assert (token["token_type"], token["scope"]) == ("Bearer", "catalog:read")
    assert Caller(token["access_token"]).get("/api/v1/courses").status_code == 200


def test_credentials_in_the_body_are_accepted(api_client: ApiClient):
    response = post({**GRANT, "client_id": api_client.client_id, "client_secret": SECRET})

    assert response.status_code == 200


def test_no_refresh_token_is_given(api_client: ApiClient):
    response = post(GRANT, user=api_client.client_id, secret=SECRET)

    assert "refresh_token" not in response.json()


@pytest.mark.parametrize("secret", ["wrong", "", "%FF"])
def test_a_wrong_secret_is_an_oauth_error(api_client: ApiClient, secret: str):
    response = post(GRANT, user=api_client.client_id, secret=secret)

    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "x", ""])
def test_other_grants_are_refused(api_client: ApiClient, grant: str):
    response = post({"grant_type": grant}, user=api_client.client_id, secret=SECRET)

    assert response.status_code == 400
    assert response.json()["error"] == "unsupported_grant_type"


def test_an_unknown_scope_is_refused(api_client: ApiClient):
    response = post({**GRANT, "scope": "everything"}, user=api_client.client_id, secret=SECRET)

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_scope"


def test_a_client_of_another_grant_is_refused(db: None):
    other = make_client(None)
    ApiClient.objects.filter(pk=other.pk).update(
        authorization_grant_type=ApiClient.GRANT_AUTHORIZATION_CODE
    )

    response = post(GRANT, user=other.client_id, secret=SECRET)

    assert response.json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("method", "content_type", "body", "status"),
    [
        ("get", FORM, "", 405),
        ("put", FORM, "", 405),
        ("post", "application/json", '{"grant_type": "client_credentials"}', 400),
        ("post", FORM, "", 400),
        ("post", FORM, "grant_type=%zz&&&=", 400),
        ("post", FORM, "x=" + "y" * 1_100_000, 413),
        ("post", FORM, "&".join(f"f{n}=1" for n in range(1100)), 400),
    ],
)
def test_odd_requests_get_json_errors(db: None, method, content_type, body, status):
    response = getattr(Client(), method)(TOKEN, body, content_type=content_type)

    assert response.status_code == status
    assert response.json()["error"]


def test_repeated_failures_are_slowed_down(api_client: ApiClient):
    for _ in range(FAILURES_ALLOWED):
        post(GRANT, user="nobody", secret="x")

    response = post(GRANT, user=api_client.client_id, secret=SECRET)

    assert response.status_code == 429
    assert response["Retry-After"] == "60"


def test_a_revoked_token_no_longer_works(api_client: ApiClient, api: Caller):
    response = Client().post(
        "/api/oauth/revoke",
        f"token=token&client_id={api_client.client_id}&client_secret={SECRET}",
        content_type=FORM,
    )

    assert response.status_code == 200
    assert not AccessToken.objects.exists()
    assert api.get("/api/v1/courses").status_code == 401


@pytest.mark.parametrize("path", ["/api/oauth/authorize", "/api/oauth/authorize/"])
def test_there_is_no_authorization_endpoint(db: None, path: str):
    assert Client().get(path).status_code == 404
