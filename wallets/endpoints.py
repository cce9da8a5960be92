"""What all addresses for wallets share: JSON in and out, bounded, never cached, from any site."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lib.oauth import oauth_error
from wallets.models import Offer
from wallets.offers import offer_of_token

MAX_BODY_BYTES = 64 * 1024
View = Callable[..., HttpResponseBase]


class Refused(Exception):
    """The request cannot be granted; the words are for the wallet's developers, in ASCII."""

    def __init__(self, error: str, description: str, *, status: int = 400, **headers: str) -> None:
        super().__init__(error)
        self.response = oauth_error(error, description, status=status, **headers)


def endpoint(*methods: str) -> Callable[[View], View]:
    """Answers these methods to programs that sign in by token, and web pages of any site.

    No cookie counts here, so that another site's page has no more rights than a program.
    """

    def decorate(view: View) -> View:
        @login_not_required
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return open_to_all_sites(_answer(request, *args, **kwargs), methods)

        def _answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
            if request.method not in methods:
                allowed = ", ".join(methods)
                return oauth_error("invalid_request", f"Send {allowed}.", status=405, Allow=allowed)
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                return refused.response

        return answer

    return decorate


def open_to_all_sites(response: HttpResponseBase, methods: tuple[str, ...]) -> HttpResponseBase:
    """Wallets are pages, too (Fetch, CORS). Unless it says otherwise, nobody keeps the answer."""
    response.headers.setdefault("Cache-Control", "no-store")
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After, Link, X-Total-Count"
    return response


def public_document(content: dict[str, Any], *, seconds: int) -> JsonResponse:
    """One that is the same for everybody."""
    return JsonResponse(content, headers={"Cache-Control": f"public, max-age={seconds}"})


def json_body(request: HttpRequest, *, error: str) -> dict[str, Any]:
    """The body's object. Raises ``Refused`` with this error code for anything else."""
    if request.content_type != "application/json":
        raise Refused(error, "Send a JSON body with Content-Type: application/json.")
    try:
        # Read no further than Django's own limit, whatever length was declared.
        body = request.body
    except RequestDataTooBig:
        body = b""
        is_too_large = True
    else:
        is_too_large = len(body) > MAX_BODY_BYTES
    if is_too_large:
        raise Refused(error, f"Send at most {MAX_BODY_BYTES // 1024} KiB.", status=413)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(error, "The body is not JSON in UTF-8.") from None
    if not isinstance(content, dict):
        raise Refused(error, "The body is not a JSON object.")
    return content


def bearer(request: HttpRequest) -> str:
    """The token of the header Authorization, its one place (RFC 6750 §2.1); empty without one."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def redeemed_offer(request: HttpRequest) -> Offer:
    """The offer that the request's access token was given for. Raises ``Refused``."""
    token = bearer(request)
    if not token:
        # RFC 6750 §3.1: no error code for a request that brought no token.
        raise Refused(
            "invalid_token", "Send an access token.", status=401, WWW_Authenticate="Bearer"
        )
    offer = offer_of_token(token, at=timezone.now())
    if offer is None:
        raise Refused(
            "invalid_token",
            "The access token is unknown or has expired.",
            status=401,
            WWW_Authenticate='Bearer error="invalid_token"',
        )
    return offer
