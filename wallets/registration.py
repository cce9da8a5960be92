"""Dynamic client registration (RFC 7591): what an app says of itself, and what is kept of it."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

from django.db import transaction
from oauth2_provider.generators import generate_client_secret

from accounts.models import ApiClient
from wallets import scopes
from wallets.models import RegisteredApp

UNUSED_LIFE = datetime.timedelta(days=1)
MAX_REDIRECTS = 5
MAX_ADDRESS = 500
PUBLIC = "none"
METHODS = ("client_secret_basic", "client_secret_post", PUBLIC)
GRANTS = ("authorization_code", "refresh_token")
# The host goes into the policy of the page that asks, where other signs would say something else.
_ADDRESS = re.compile(
    r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[1-5]?[0-9]{1,4})?(/[!-~]*)?", re.ASCII
)
_FORBIDDEN = set('"<>\\^`{|}*#')
ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")


class Invalid(Exception):
    """``error`` is RFC 7591's code; the text is for the app's developers, in ASCII."""

    def __init__(self, words: str, *, error: str = "invalid_client_metadata") -> None:
        super().__init__(words)
        self.error = error


@transaction.atomic
def register(said: dict[str, Any], *, at: datetime.datetime) -> tuple[RegisteredApp, str]:
    """Returns the app and its secret, which is not kept; empty for an app that cannot keep one.

    Those that nobody has allowed anything within a day are forgotten. Raises ``Invalid``.
    """
    ApiClient.objects.filter(
        registered_app__first_allowed_at=None,
        registered_app__registered_at__lt=at - UNUSED_LIFE,
    ).delete()
    metadata = _cleaned(said)
    is_public = metadata["token_endpoint_auth_method"] == PUBLIC
    secret = "" if is_public else generate_client_secret()  # type: ignore[no-untyped-call]
    application = ApiClient.objects.create(
        name=metadata["client_name"],
        client_type=ApiClient.CLIENT_PUBLIC if is_public else ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(metadata["redirect_uris"]),
        client_secret=secret,
        registration_source=ApiClient.RegistrationSource.DCR,
    )
    app = RegisteredApp.objects.create(
        application=application, metadata=metadata, scope=metadata["scope"], registered_at=at
    )
    return app, secret


def _cleaned(said: dict[str, Any]) -> dict[str, Any]:
    """What is understood of it, with RFC 7591's own values for what it leaves out (§2)."""
    cleaned: dict[str, Any] = {
        "client_name": _text(said, "client_name", most=100),
        "redirect_uris": _redirects(said.get("redirect_uris")),
        "token_endpoint_auth_method": _one_of(said, "token_endpoint_auth_method", METHODS),
        "grant_types": _some_of(said, "grant_types", GRANTS, first="authorization_code"),
        "response_types": _some_of(said, "response_types", ("code",), first="code"),
        "scope": _scope(said),
    }
    if not cleaned["client_name"]:
        raise Invalid("Send client_name: people are asked whether they trust it.")
    for name in ADDRESSES:
        if name in said:
            cleaned[name] = _address(said[name], name)
    for name in ("software_id", "software_version"):
        if name in said:
            cleaned[name] = _text(said, name, most=200)
    contacts = said.get("contacts")
    if contacts is not None:
        cleaned["contacts"] = _texts(contacts, "contacts", most=5)
    return cleaned


def _text(said: dict[str, Any], name: str, *, most: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > most or not _is_plain(value):
        raise Invalid(f"{name} is text of one line, up to {most} characters.")
    return value.strip()


def _is_plain(text: str) -> bool:
    """Neither control characters nor those that turn what is read around (Unicode Cc, Cf, Cs)."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text)


def _texts(value: Any, name: str, *, most: int) -> list[str]:
    if not isinstance(value, list) or len(value) > most:
        raise Invalid(f"{name} is a list of up to {most} texts.")
    return [_text({name: one}, name, most=200) for one in value]


def _one_of(said: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = said.get(name, known[0])
    if value not in known:
        raise Invalid(f"{name} is one of {', '.join(known)}.")
    return str(value)


def _some_of(said: dict[str, Any], name: str, known: tuple[str, ...], *, first: str) -> list[str]:
    value = said.get(name, [first])
    if not isinstance(value, list) or first not in value or any(one not in known for one in value):
        raise Invalid(f"{name} has {first}, and of others only: {', '.join(known)}.")
    return value


def _scope(said: dict[str, Any]) -> str:
    """Those that there are (§2: the server may replace what it does not know)."""
    asked = said.get("scope", " ".join(scopes.DEFAULT))
    if not isinstance(asked, str):
        raise Invalid("scope is a text of scopes with spaces between them.")
    known = [scope for scope in scopes.IN_WORDS if scope in asked.split()]
    if not known:
        raise Invalid("None of the scopes is known. The service description lists them.")
    return " ".join(known)


def _redirects(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_REDIRECTS:
        raise Invalid(
            f"redirect_uris is a list of 1 to {MAX_REDIRECTS} addresses.",
            error="invalid_redirect_uri",
        )
    return [_address(one, "redirect_uris", error="invalid_redirect_uri") for one in value]


def _address(value: Any, name: str, **more: str) -> str:
    """Of a page elsewhere: https, a host, and nothing that hides it."""
    is_good = (
        isinstance(value, str)
        and len(value) <= MAX_ADDRESS
        and _ADDRESS.fullmatch(value)
        and not _FORBIDDEN & set(value)
    )
    if not is_good:
        raise Invalid(
            f"{name}: an address is https, without user, fragment or wildcard, and has up to"
            f" {MAX_ADDRESS} characters.",
            **more,
        )
    return str(value)


def described(app: RegisteredApp, *, secret: str) -> dict[str, Any]:
    """The answer to a registration (RFC 7591 §3.2.1)."""
    known = {
        "client_id": app.application.client_id,
        "client_id_issued_at": int(app.registered_at.timestamp()),
    }
    # 0: it does not expire.
    kept = {"client_secret": secret, "client_secret_expires_at": 0} if secret else {}
    return {**known, **kept, **app.metadata}
