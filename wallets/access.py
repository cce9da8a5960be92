"""Whose credentials a request is about: the person that its access token was given by."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import User
from wallets.endpoints import bearer
from wallets.models import RegisteredApp
from wallets.status_info import Failed

REALM = 'Bearer realm="Cairn"'


def person_and_app(request: HttpRequest, scope: str) -> tuple[User, RegisteredApp]:
    """Raises ``Failed`` without a token of a person that has this scope (RFC 6750 §3.1)."""
    token = bearer(request)
    if not token:
        raise Failed(
            HTTPStatus.UNAUTHORIZED, "Send an access token.", headers={"WWW-Authenticate": REALM}
        )
    # Its client is one that registered itself, and a person has allowed it something.
    found: Any = (
        AccessToken.objects.select_related("user", "application__registered_app")
        .filter(
            token_checksum=hashlib.sha256(token.encode()).hexdigest(),
            expires__gt=timezone.now(),
            user__is_active=True,
            application__registered_app__isnull=False,
        )
        .first()
    )
    if found is None:
        raise Failed(
            HTTPStatus.UNAUTHORIZED,
            "The access token is unknown, was revoked, or has expired.",
            headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        )
    if scope not in found.scope.split():
        raise Failed(
            HTTPStatus.FORBIDDEN,
            f"The access token lacks the scope {scope}.",
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'},
        )
    person: User = found.user
    app: RegisteredApp = found.application.registered_app
    return person, app
