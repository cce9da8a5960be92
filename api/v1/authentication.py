"""Bearer tokens in the header, the one place for them that RFC 6750 §2 recommends."""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class BearerAuthentication(BaseAuthentication):
    """``request.auth`` is the token, with its client and organization; no person is signed in."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AccessToken] | None:
        value = _bearer(request)
        if value is None:
            return None
        token = (
            AccessToken.objects.select_related("application__organization")
            .filter(token_checksum=hashlib.sha256(value.encode()).hexdigest())
            .first()
        )
        if token is None or token.expires <= timezone.now():
            raise AuthenticationFailed(
                "The token is unknown, revoked or has expired. Get another one."
            )
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        # RFC 6750 §3.1: no error code for a request that brought no token.
        if _bearer(request) is None:
            return 'Bearer realm="Cairn API"'
        return 'Bearer realm="Cairn API", error="invalid_token"'


def _bearer(request: Request) -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None
