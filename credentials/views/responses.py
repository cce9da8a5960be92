"""Documents for programs, at the addresses where people see pages."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

CREDENTIAL_TYPE = "application/vc"
JWT_TYPE = "application/vc+jwt"
CREDENTIAL_TYPES = (CREDENTIAL_TYPE, "application/ld+json", "application/json")


def wants_document(request: HttpRequest) -> bool:
    """Whether the reader prefers JSON to a page; browsers do not."""
    return request.get_preferred_type(["text/html", *CREDENTIAL_TYPES]) in CREDENTIAL_TYPES


def document(content: bytes | dict[str, Any], *, content_type: str) -> HttpResponse:
    """A public document that pages of any site may read, as wallets and verifiers do."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False)
    response = HttpResponse(body, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
