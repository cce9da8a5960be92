"""A person's profile, for an app that they allowed (Open Badges 3.0 §6.2.4, §6.2.5)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.forms import ProfileForm
from accounts.models import User
from credentials.vc import pinned
from wallets import services
from wallets.access import person_and_app
from wallets.resources import body_of
from wallets.services import Service
from wallets.status_info import Failed

MAX_BYTES = 64 * 1024


def show(service: Service, request: HttpRequest) -> HttpResponse:
    person, _ = person_and_app(request, service.scope(services.READ_PROFILE))
    return JsonResponse(_described(person))


def _described(person: User) -> dict[str, Any]:
    return {
        "@context": [pinned.CREDENTIALS_V2, pinned.OPEN_BADGES],
        "id": services.profile_id(person.public_id),
        "type": ["Profile"],
        **({"name": person.credential_name} if person.credential_name else {}),
        "email": person.email,
    }


def change(service: Service, request: HttpRequest) -> HttpResponse:
    """§6.2.5: the name. What this site would have to check first, it does not take."""
    person, _ = person_and_app(request, service.scope(services.WRITE_PROFILE))
    said = _object(body_of(request, most=MAX_BYTES))
    known = _described(person)
    kind = said.get("type")
    if kind != "Profile" and not (isinstance(kind, list) and "Profile" in kind):
        raise Failed(HTTPStatus.BAD_REQUEST, "Send a whole Profile: its type is missing.")
    fixed = [name for name in ("id", "email") if name in said and said[name] != known[name]]
    unknown = said.keys() - {"@context", "type", "id", "email", "name"}
    if refused := sorted((*fixed, *unknown)):
        raise Failed(
            HTTPStatus.BAD_REQUEST,
            f"Only the name can be changed here, but not: {', '.join(refused)[:300]}.",
        )
    name = said.get("name")
    form = ProfileForm({"credential_name": name, "language": person.language})
    if not isinstance(name, str) or not name.strip() or not form.is_valid():
        raise Failed(HTTPStatus.BAD_REQUEST, "name is a text of up to 200 characters.")
    person.credential_name = form.cleaned_data["credential_name"]
    person.save(update_fields=["credential_name"])
    return JsonResponse(_described(person))


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Failed(HTTPStatus.BAD_REQUEST, "The body is not a JSON object in UTF-8.")
    return said
