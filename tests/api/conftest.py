"""A client of an employer, and requests with its token."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import ApiClient, Organization
from tests.factories import OrganizationFactory

SCOPES = "catalog:read completions:read credentials:verify"
SECRET = "a secret of the client"


def make_client(organization: Organization | None) -> ApiClient:
    return ApiClient.objects.create(
        name="HR",
        organization=organization,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=SECRET,
    )


def make_token(
    api_client: ApiClient | None,
    *,
    scope: str = SCOPES,
    valid_for: datetime.timedelta = datetime.timedelta(hours=1),
    token: str = "token",
) -> str:
    AccessToken.objects.create(
        application=api_client, token=token, scope=scope, expires=timezone.now() + valid_for
    )
    return token


class Caller:
    """Sends requests with a token and reads the JSON of the answers."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query)

    def json(self, path: str, **query: Any) -> Any:
        response = self.get(path, **query)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: Any, content_type: str = "application/json") -> Any:
        return self.client.post(path, body, content_type=content_type)


@pytest.fixture
def employer(db: None) -> Organization:
    return OrganizationFactory(name="Employer", slug="employer", is_employer=True)


@pytest.fixture
def api_client(employer: Organization) -> ApiClient:
    return make_client(employer)


@pytest.fixture
def api(api_client: ApiClient) -> Caller:
    return Caller(make_token(api_client))


@pytest.fixture
def with_scope(api_client: ApiClient) -> Callable[[str], Caller]:
    return lambda scope: Caller(make_token(api_client, scope=scope, token=f"only {scope}"))


def assert_problem(response: Any, status: int, kind: str = "") -> dict[str, Any]:
    """The problem details of an answer that has to be one (RFC 9457)."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert problem["status"] == status
    assert problem["detail"]
    if kind:
        assert problem["type"].endswith(f"#problem-{kind}")
    return problem
