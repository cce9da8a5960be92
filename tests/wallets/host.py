"""An app that was written from Open Badges 3.0 §7, and knows nothing of this site but §6.3."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.factories import TUESDAY
from wallets.models import BroughtBadge

SCOPE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
READ, WRITE = f"{SCOPE}credential.readonly", f"{SCOPE}credential.upsert"
READ_PROFILE, WRITE_PROFILE = f"{SCOPE}profile.readonly", f"{SCOPE}profile.update"
REDIRECT = "https://host.example/back"
ALL = f"{READ} {WRITE} {READ_PROFILE} {WRITE_PROFILE}"
FORM = "application/x-www-form-urlencoded"


def registration(**changed: Any) -> dict[str, Any]:
    said = {
        "client_name": "Backpack",
        "client_uri": "https://host.example/",
        "policy_uri": "https://host.example/privacy",
        "redirect_uris": [REDIRECT],
        "scope": f"{READ} {WRITE} {READ_PROFILE} {WRITE_PROFILE} offline_access",
    } | changed
    return {name: value for name, value in said.items() if value is not None}


def path_of(address: str) -> str:
    return urlsplit(address).path


@dataclass
class Host:
    """``http`` is nobody's browser."""

    http: Client = field(default_factory=Client)
    client: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    service: str = "/ims/ob/v3p0"

    def flow(self) -> dict[str, Any]:
        return self.scheme()["flows"]["authorizationCode"]

    def scheme(self) -> dict[str, Any]:
        said = self.http.get(f"{self.service}/discovery").json()
        scheme: dict[str, Any] = said["components"]["securitySchemes"]["OAuth2ACG"]
        return scheme

    def register(self, **changed: Any) -> HttpResponse:
        where = path_of(self.scheme()["x-imssf-registrationUrl"])
        response = self.http.post(where, registration(**changed), content_type="application/json")
        if response.status_code == 201:
            self.client = response.json()
        return response

    def question(self, **changed: Any) -> str:
        """The address that the app sends its user to."""
        challenge = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client["client_id"],
            "redirect_uri": REDIRECT,
            "scope": READ,
            "state": "a-state",
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changed
        given = {name: value for name, value in asked.items() if value is not None}
        return f"{path_of(self.flow()['authorizationUrl'])}?{urlencode(given)}"

    def ask(self, person: User, *, agree: bool = True, **changed: Any) -> dict[str, list[str]]:
        """Have the person asked, and bring back what the browser brings back."""
        browser = Client()
        browser.force_login(person)
        page = browser.get(self.question(**changed))
        assert page.status_code == 200, page.text
        answer = browser.post(path_of(page.request["PATH_INFO"]), filled(page, agree=agree))
        assert answer.status_code == 302, answer.text
        assert answer["Location"].startswith(f"{REDIRECT}?")
        return parse_qs(urlsplit(answer["Location"]).query)

    def fetch(self, **form: str) -> HttpResponse:
        response = self.http.post(
            path_of(self.flow()["tokenUrl"]),
            urlencode(form),
            content_type=FORM,
            headers={"authorization": f"Basic {self.password()}"},
        )
        if response.status_code == 200:
            self.tokens = response.json()
        return response

    def password(self) -> str:
        said = f"{self.client['client_id']}:{self.client.get('client_secret', '')}"
        return base64.b64encode(said.encode()).decode()

    def redeem(self, code: str, **changed: str) -> HttpResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": self.verifier,
        }
        return self.fetch(**form | changed)

    def connect(self, person: User, scope: str = READ) -> Host:
        if not self.client:
            self.register()
        (code,) = self.ask(person, scope=scope)["code"]
        response = self.redeem(code)
        assert response.status_code == 200, response.text
        return self

    def call(self, method: str, what: str, body: Any = None, **more: Any) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.http.generic(
            method,
            f"{self.service}/{what}",
            "" if body is None else data,
            **{"content_type": "application/json"} | more,
            headers={"authorization": f"Bearer {self.tokens.get('access_token', '')}"},
        )


def filled(page: HttpResponse, *, agree: bool) -> dict[str, str]:
    """The form of the page, as a browser sends it."""
    hidden = re.findall(r'<input type="hidden"[^>]*>', page.text[page.text.index("<main") :])
    form = {}
    for one in hidden:
        said = dict(re.findall(r'(name|value)="([^"]*)"', one))
        form[said["name"]] = html.unescape(said.get("value", ""))
    return form | ({"allow": "1"} if agree else {})


def brought(learner: User, **values: Any) -> BroughtBadge:
    given = {
        "key": "0" * 64,
        "source": "{}",
        "is_jwt": False,
        "name": "A badge",
        "issuer_name": "Elsewhere",
        "verdict": "unknown_issuer",
        "issued_at": TUESDAY,
        "brought_at": TUESDAY,
        "brought_by": "Backpack",
    } | values
    return BroughtBadge.objects.create(learner=learner, **given)


def refresh(host: Host):
    return host.fetch(grant_type="refresh_token", refresh_token=host.tokens["refresh_token"])


def code_of(answer) -> str:
    """The minor code of an error, whose shape is looked at on the way."""
    said = answer.json()
    assert said["imsx_codeMajor"] == "failure"
    assert said["imsx_severity"] == "error"
    assert said["imsx_description"]
    (field,) = said["imsx_codeMinor"]["imsx_codeMinorField"]
    return field["imsx_codeMinorFieldValue"]
