"""A person's credentials and profile, for an app that they allowed: Open Badges 3.0 API (§6).

The API of CLR 2.0 is the same over transcripts, but for bringing some.
"""

from __future__ import annotations

import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from credentials.badges import BadgeRefused
from lib import limits
from wallets import badges, services
from wallets.access import person_and_app
from wallets.endpoints import public_document
from wallets.resources import body_of, resource
from wallets.services import CLR, MOST, OPEN_BADGES, PAGE, Service
from wallets.shelves import page_of
from wallets.status_info import Failed
from wallets.views import profiles

DISCOVERY_SECONDS = 3600
JSON_TYPES = ("application/json", "application/vc+ld+json", "application/vc", "application/ld+json")
JWS_TYPE = "text/plain"


def _discovery(service: Service, request: HttpRequest) -> HttpResponse:
    return public_document(services.description(service), seconds=DISCOVERY_SECONDS)


def _list(service: Service, request: HttpRequest) -> HttpResponse:
    """§6.2.2: what the person has; a credential that comes in two forms counts once."""
    person, _ = person_and_app(request, service.scope(services.READ))
    limit = min(_number(request, "limit", PAGE, least=1), MOST)
    offset = _number(request, "offset", 0, least=0)
    shown = page_of(service.shelves(person, _since(request)), offset=offset, limit=limit)
    body = b'{"credential":[%s],"compactJwsString":[%s]}'
    response = HttpResponse(
        body % (b",".join(shown.documents), b",".join(shown.tokens)),
        content_type="application/json",
    )
    response["X-Total-Count"] = str(shown.total)
    response["Link"] = _links(service, request, limit=limit, offset=offset, total=shown.total)
    return response


def _number(request: HttpRequest, name: str, default: int, *, least: int) -> int:
    said = request.GET.get(name)
    if said is None:
        return default
    # No more digits than any list has, or the database refuses the number.
    if not (said.isascii() and said.isdecimal() and len(said) <= 9 and int(said) >= least):
        raise Failed(
            HTTPStatus.BAD_REQUEST,
            f"{name} is a whole number from {least} on.",
            minor="invalid_query_parameter",
        )
    return int(said)


def _since(request: HttpRequest) -> datetime.datetime | None:
    said = request.GET.get("since")
    if said is None:
        return None
    try:
        moment = parse_datetime(said)
    except ValueError:
        moment = None
    if moment is None:
        raise Failed(
            HTTPStatus.BAD_REQUEST,
            "since is a date with a time, as in 2030-01-31T09:00:00Z.",
            minor="invalid_query_parameter",
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _links(service: Service, request: HttpRequest, *, limit: int, offset: int, total: int) -> str:
    """§6.4: first and last always, next and prev where there is something."""
    places = {"first": 0, "last": max(0, (total - 1) // limit * limit)}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, offset - limit)
    more = {"since": request.GET["since"]} if "since" in request.GET else {}
    here = service.address("credentials")
    return ", ".join(
        f'<{here}?{urlencode({"limit": limit, "offset": place, **more})}>; rel="{name}"'
        for name, place in places.items()
    )


def _upsert(service: Service, request: HttpRequest) -> HttpResponse:
    """§6.2.3: a badge of others, verified, and kept for its holder."""
    person, app = person_and_app(request, service.scope(services.WRITE))
    if not limits.is_within(request, "badge_brought"):
        raise Failed(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Too many at once. Wait a minute.",
            headers={"Retry-After": "60"},
        )
    kind = request.content_type or ""
    if kind not in (*JSON_TYPES, JWS_TYPE):
        raise Failed(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Send the credential as application/json or, signed as a JWT, as text/plain.",
        )
    body = body_of(request, most=badges.MAX_BYTES)
    try:
        source = body.decode()
        is_new = badges.bring(source=source, learner=person, app=app, at=timezone.now())
    except UnicodeDecodeError:
        raise Failed(HTTPStatus.BAD_REQUEST, "The body is not text in UTF-8.") from None
    except BadgeRefused as refused:
        raise Failed(HTTPStatus.BAD_REQUEST, str(refused)) from None
    except badges.TooMany:
        raise Failed(
            HTTPStatus.FORBIDDEN, f"Nobody keeps more than {badges.MOST} badges of others here."
        ) from None
    return HttpResponse(body, status=201 if is_new else 200, content_type=kind)


ob_discovery = resource(OPEN_BADGES, get=_discovery)
ob_credentials = resource(OPEN_BADGES, get=_list, post=_upsert)
ob_profile = resource(OPEN_BADGES, get=profiles.show, put=profiles.change)
clr_discovery = resource(CLR, get=_discovery)
clr_credentials = resource(CLR, get=_list)
clr_profile = resource(CLR, get=profiles.show, put=profiles.change)
