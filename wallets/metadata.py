"""What wallets read before they ask for anything: who issues here, what, and where.

One credential issuer, the site: its identifier has no path, so that both documents lie where a
well-known address without a path has them (OpenID4VCI 1.0 §12.2.2, RFC 8414 §3.1). Who awarded a
credential stands in the credential.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from credentials.addresses import absolute
from credentials.vc import documents, jwt
from credentials.vc.data_integrity import CRYPTOSUITE
from wallets import codes, registration, scopes
from wallets.models import Delivery

PRE_AUTHORIZED_CODE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
NAMES = {"en": "Open Badge", "de": "Open Badge", "es": "Insignia Open Badge"}


def issuer_identifier() -> str:
    return settings.BASE_URL


def issuer_document() -> dict[str, Any]:
    """Credential Issuer Metadata (OpenID4VCI 1.0 §12.2.4).

    No way of binding to a key is listed: what is delivered is what was signed (ADR 10).
    """
    return {
        "credential_issuer": issuer_identifier(),
        "authorization_servers": [settings.BASE_URL],
        "credential_endpoint": absolute(reverse("wallets:credential")),
        "nonce_endpoint": absolute(reverse("wallets:nonce")),
        "deferred_credential_endpoint": absolute(reverse("wallets:deferred")),
        "notification_endpoint": absolute(reverse("wallets:notification")),
        "display": [{"name": "Cairn", "locale": locale} for locale in NAMES],
        "credential_configurations_supported": {
            Delivery.Configuration.EMBEDDED.value: {
                "format": "ldp_vc",
                "credential_signing_alg_values_supported": [CRYPTOSUITE],
                "credential_definition": {"@context": documents.CONTEXTS, "type": TYPES},
                "credential_metadata": {"display": _display()},
            },
            Delivery.Configuration.JWT.value: {
                "format": "jwt_vc_json",
                "credential_signing_alg_values_supported": [jwt.ALGORITHM],
                "credential_definition": {"type": TYPES},
                "credential_metadata": {"display": _display()},
            },
        },
    }


def _display() -> list[dict[str, str]]:
    return [{"name": name, "locale": locale} for locale, name in NAMES.items()]


def authorization_server_document() -> dict[str, Any]:
    """Authorization Server Metadata (RFC 8414 §2)."""
    methods = [*registration.METHODS]
    return {
        "issuer": settings.BASE_URL,
        "authorization_endpoint": absolute(reverse("wallets:authorize")),
        "token_endpoint": absolute(reverse("wallets:token")),
        "registration_endpoint": absolute(reverse("wallets:register")),
        "revocation_endpoint": absolute(reverse("wallets:revoke")),
        "scopes_supported": list(scopes.IN_WORDS),
        "response_types_supported": ["code"],
        "grant_types_supported": [AUTHORIZATION_CODE, REFRESH_TOKEN, PRE_AUTHORIZED_CODE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": True,
        # Wallets need not be known here (OpenID4VCI 1.0 §12.3).
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def offer_document(code: str) -> dict[str, Any]:
    """A Credential Offer (OpenID4VCI 1.0 §4.1.1): both configurations, for the wallet to choose."""
    return {
        "credential_issuer": issuer_identifier(),
        "credential_configuration_ids": list(Delivery.Configuration.values),
        "grants": {
            PRE_AUTHORIZED_CODE: {
                "pre-authorized_code": code,
                "tx_code": {
                    "input_mode": "numeric",
                    "length": codes.TRANSACTION_CODE_DIGITS,
                    "description": "The code that Cairn shows beside the QR code",
                },
            }
        },
    }
