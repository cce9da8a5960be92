"""A wallet that was written from OpenID4VCI 1.0, and knows nothing of this site but addresses."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpResponse
from django.test import Client

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
EMBEDDED = "OpenBadgeCredential_ldp_vc"
JWT = "OpenBadgeCredential_jwt_vc_json"


def told(page: HttpResponse) -> tuple[str, str]:
    """The link and the transaction code that a learner sees."""
    link = re.search(r'href="(openid-credential-offer://[^"]*)"', page.text)
    code = re.search(r"<strong>(\d{6})</strong>", page.text)
    assert link, page.text
    assert code, page.text
    return link[1].replace("&amp;", "&"), code[1]


@dataclass
class Wallet:
    """``http`` is nobody's browser: it has no session."""

    http: Client = field(default_factory=Client)
    offer: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    token: str = ""

    def scan(self, link: str) -> HttpResponse:
        """Read the offer, and from it who issues (§4.1.3, §12.2.2)."""
        (address,) = parse_qs(urlsplit(link).query)["credential_offer_uri"]
        response = self.get(address)
        if response.status_code == 200:
            self.offer = response.json()
            issuer = urlsplit(self.offer["credential_issuer"])
            where = f"/.well-known/openid-credential-issuer{issuer.path}"
            self.metadata = self.get(where).json()
            assert self.metadata["credential_issuer"] == self.offer["credential_issuer"]
        return response

    def get(self, address: str) -> HttpResponse:
        return self.http.get(urlsplit(address).path)

    def ask_for_token(self, transaction_code: str | None, **changed: str) -> HttpResponse:
        (server,) = self.metadata["authorization_servers"]
        path = urlsplit(server).path
        said = self.get(f"/.well-known/oauth-authorization-server{path}").json()
        assert said["issuer"] == server
        form = {
            "grant_type": GRANT,
            "pre-authorized_code": self.offer["grants"][GRANT]["pre-authorized_code"],
            **({} if transaction_code is None else {"tx_code": transaction_code}),
            **changed,
        }
        response = self.http.post(
            urlsplit(said["token_endpoint"]).path,
            "&".join(f"{name}={value}" for name, value in form.items()),
            content_type="application/x-www-form-urlencoded",
        )
        if response.status_code == 200:
            self.token = response.json()["access_token"]
        return response

    def post(self, endpoint: str, body: Any = None, *, token: str | None = None) -> HttpResponse:
        bearer = self.token if token is None else token
        return self.http.post(
            urlsplit(self.metadata[endpoint]).path,
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers={"authorization": f"Bearer {bearer}"} if bearer else {},
        )

    def ask_for(self, configuration: str = EMBEDDED, **more: Any) -> HttpResponse:
        return self.post(
            "credential_endpoint", {"credential_configuration_id": configuration, **more}
        )

    def nonce(self) -> str:
        answer = self.http.post(urlsplit(self.metadata["nonce_endpoint"]).path)
        assert answer["Cache-Control"] == "no-store"
        return str(answer.json()["c_nonce"])

    def tell(self, number: str, event: str, **more: Any) -> HttpResponse:
        said = {"notification_id": number, "event": event, **more}
        return self.post("notification_endpoint", said)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = Ed25519PrivateKey.generate()


def jwk_of(key: Any) -> dict[str, str]:
    if isinstance(key, Ed25519PrivateKey):
        x = encoded(key.public_key().public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "x": x}
    numbers = key.public_key().public_numbers()
    x, y = (encoded(number.to_bytes(32)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def key_proof(
    claims: dict[str, Any], *, key: Any = P256, header: dict[str, Any] | None = None
) -> str:
    said = {"typ": "openid4vci-proof+jwt", "jwk": jwk_of(key)} if header is None else header
    algorithm = "EdDSA" if isinstance(key, Ed25519PrivateKey) else "ES256"
    return pyjwt.encode(claims, key, algorithm=algorithm, headers=said)
