"""The token endpoint of wallets and apps (RFC 6749 §3.2), and revoking (RFC 7009)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from oauth2_provider.views import base as library
from oauthlib.oauth2 import WebApplicationServer  # type: ignore[import-untyped]

from lib import limits
from lib.oauth import PublicFormEndpoint, oauth_error
from wallets.endpoints import endpoint
from wallets.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE, REFRESH_TOKEN
from wallets.views import issuing


class _Token(PublicFormEndpoint, library.TokenView):
    server_class = WebApplicationServer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        grant = request.POST.get("grant_type")
        if grant not in {PRE_AUTHORIZED_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN}:
            return oauth_error(
                "unsupported_grant_type", "The metadata lists the grants that there are."
            )
        if not limits.is_within(request, "wallet_failure", dry_run=True):
            return oauth_error(
                "invalid_request",
                "Too many failed attempts. Wait a minute.",
                status=429,
                Retry_After="60",
            )
        if grant == PRE_AUTHORIZED_CODE:
            response = issuing.redeem(request)
        else:
            response = super().post(request, *args, **kwargs)
        if response.status_code >= 400:
            limits.is_within(request, "wallet_failure")
        return response


class _Revoke(PublicFormEndpoint, library.RevokeTokenView):
    server_class = WebApplicationServer


_token = _Token.as_view()
_revoke = _Revoke.as_view()


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponseBase:
    return _token(request)


@endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponseBase:
    return _revoke(request)
