"""The APIs of 1EdTech by which apps read what a learner has: what each is called, and where.

One shape serves Open Badges 3.0 (§6) and whatever else has the same four operations.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from credentials.addresses import absolute
from wallets import scopes, shelves
from wallets.shelves import Shelf

PAGE, MOST = 50, 100
READ, WRITE = "credential.readonly", "credential.upsert"
READ_PROFILE, WRITE_PROFILE = "profile.readonly", "profile.update"


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    title: str
    version: str
    prefix: str
    """Of its scopes."""
    shelves: Callable[[User, datetime.datetime | None], Sequence[Shelf]]
    takes_credentials: bool
    """Whether apps may bring some, too."""

    @property
    def scopes(self) -> Sequence[str]:
        return [scope for scope in scopes.IN_WORDS if scope.startswith(self.prefix)]

    def scope(self, what: str) -> str:
        return f"{self.prefix}{what}"

    def address(self, what: str) -> str:
        return absolute(reverse(f"wallets:{self.name}_{what}"))


OPEN_BADGES = Service(
    name="ob",
    title="Open Badges API",
    version="3.0",
    prefix=scopes.OPEN_BADGES,
    shelves=shelves.open_badges,
    takes_credentials=True,
)
CLR = Service(
    name="clr",
    title="Comprehensive Learner Record API",
    version="2.0",
    prefix=scopes.CLR,
    shelves=shelves.transcripts,
    takes_credentials=False,
)


def description(service: Service) -> dict[str, Any]:
    """The Service Description Document: OpenAPI 3.0 with 1EdTech's extensions (§6.3, §7.1.1)."""
    base = service.address("credentials").removesuffix("/credentials")
    site = absolute(reverse("catalog:home"))
    return {
        "openapi": "3.0.1",
        "info": {
            "title": f"Cairn: {service.title}",
            "version": service.version,
            "termsOfService": absolute(reverse("catalog:notices")),
            "x-imssf-privacyPolicyUrl": absolute(reverse("catalog:notices")),
            "x-imssf-image": f"{site}static/img/favicon.png",
        },
        "servers": [{"url": base}],
        "paths": _paths(service),
        "components": {
            "securitySchemes": {
                "OAuth2ACG": {
                    "type": "oauth2",
                    "description": "OAuth 2.0 Authorization Code Grant with PKCE (S256)",
                    "x-imssf-name": "Cairn",
                    "x-imssf-privacyPolicyUrl": absolute(reverse("catalog:notices")),
                    "x-imssf-registrationUrl": absolute(reverse("wallets:register")),
                    "x-imssf-termsOfServiceUrl": absolute(reverse("catalog:notices")),
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": absolute(reverse("wallets:authorize")),
                            "tokenUrl": absolute(reverse("wallets:token")),
                            "refreshUrl": absolute(reverse("wallets:token")),
                            "scopes": {
                                scope: str(scopes.IN_WORDS[scope])
                                for scope in (*service.scopes, scopes.OFFLINE)
                            },
                        }
                    },
                }
            },
            "schemas": {"Imsx_StatusInfo": _STATUS_INFO},
        },
    }


def _paths(service: Service) -> dict[str, Any]:
    json = {"application/json": {"schema": {"type": "object"}}}
    jws = {"text/plain": {"schema": {"type": "string"}}}
    credentials = {
        "get": _operation(
            "getCredentials",
            scope=service.scope(READ),
            parameters=[
                _parameter("limit", {"type": "integer", "minimum": 1, "default": PAGE}),
                _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
                _parameter("since", {"type": "string", "format": "date-time"}),
            ],
        )
    }
    if service.takes_credentials:
        credentials["post"] = _operation(
            "upsertCredential",
            scope=service.scope(WRITE),
            body=json | jws,
            created=True,
            answer=json | jws,
        )
    return {
        "/discovery": {"get": _operation("getServiceDescription")},
        "/credentials": credentials,
        "/profile": {
            "get": _operation("getProfile", scope=service.scope(READ_PROFILE)),
            "put": _operation("putProfile", scope=service.scope(WRITE_PROFILE), body=json),
        },
    }


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _operation(
    name: str,
    *,
    scope: str = "",
    parameters: Sequence[dict[str, Any]] = (),
    body: dict[str, Any] | None = None,
    answer: dict[str, Any] | None = None,
    created: bool = False,
) -> dict[str, Any]:
    answer = answer or {"application/json": {"schema": {"type": "object"}}}
    reference = {"$ref": "#/components/schemas/Imsx_StatusInfo"}
    said: dict[str, Any] = {
        "operationId": name,
        "responses": {
            "200": {"description": "As asked for.", "content": answer},
            **({"201": {"description": "Added.", "content": answer}} if created else {}),
            "default": {
                "description": "It could not be done; the description says why.",
                "content": {"application/json": {"schema": reference}},
            },
        },
        "security": [{"OAuth2ACG": [scope]}] if scope else [],
    }
    if parameters:
        said["parameters"] = list(parameters)
    if body:
        said["requestBody"] = {"required": True, "content": body}
    return said


_STATUS_INFO = {
    "type": "object",
    "required": ["imsx_codeMajor", "imsx_severity"],
    "properties": {
        "imsx_codeMajor": {"type": "string"},
        "imsx_severity": {"type": "string"},
        "imsx_description": {"type": "string"},
        "imsx_codeMinor": {
            "type": "object",
            "properties": {
                "imsx_codeMinorField": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "imsx_codeMinorFieldName": {"type": "string"},
                            "imsx_codeMinorFieldValue": {"type": "string"},
                        },
                    },
                }
            },
        },
    },
}


def profile_id(public_id: object) -> str:
    """A name for a learner that says nothing else."""
    return f"urn:uuid:{public_id}"
