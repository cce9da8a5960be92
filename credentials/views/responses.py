"""Documents for programs, at the addresses where people see pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag

DOCUMENT_SECONDS = 60
CREDENTIAL_TYPE = "application/vc"
JWT_TYPE = "application/vc+jwt"
CREDENTIAL_TYPES = (CREDENTIAL_TYPE, "application/ld+json", "application/json")


def wants_document(request: HttpRequest) -> bool:
    """Whether the reader prefers JSON to a page; browsers do not."""
    return request.get_preferred_type(["text/html", *CREDENTIAL_TYPES]) in CREDENTIAL_TYPES


Links = Iterable[tuple[str, str, str]]
"""Each an address, a relation, and a type or nothing."""


def linked(response: HttpResponse, links: Links) -> HttpResponse:
    """With a ``Link`` header (RFC 8288) to the same in another form, and to what belongs to it."""
    response["Link"] = ", ".join(
        f'<{address}>; rel="{relation}"' + (f'; type="{kind}"' if kind else "")
        for address, relation, kind in links
    )
    return response


def conditional(
    request: HttpRequest, content: dict[str, Any], *, content_type: str
) -> HttpResponse:
    """A public document with a tag of what it says; who has it already is not sent it again."""
    response = document(content, content_type=content_type)
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["ETag"] = etag
    patch_cache_control(answer, public=True, max_age=DOCUMENT_SECONDS)
    return answer


def signed(request: HttpRequest, content: bytes) -> HttpResponse:
    """A credential by the type that the reader names: some read nothing that is not called JSON."""
    kind = request.get_preferred_type(list(CREDENTIAL_TYPES)) or CREDENTIAL_TYPE
    response = document(content, content_type=kind)
    patch_vary_headers(response, ["Accept"])
    return response


def document(content: bytes | dict[str, Any], *, content_type: str) -> HttpResponse:
    """A public document that pages of any site may read, as wallets and verifiers do."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False)
    response = HttpResponse(body, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
