"""The token endpoint of wallets (RFC 6749 §3.2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from lib.oauth import PublicFormEndpoint, oauth_error
from wallets.endpoints import endpoint
from wallets.metadata import PRE_AUTHORIZED_CODE
from wallets.views import issuing


class _Token(PublicFormEndpoint, View):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("grant_type") == PRE_AUTHORIZED_CODE:
            return issuing.redeem(request)
        return oauth_error(
            "unsupported_grant_type", "The metadata lists the grants that there are."
        )


_token = _Token.as_view()


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponseBase:
    return _token(request)
