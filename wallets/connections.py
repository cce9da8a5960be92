"""The apps that a person has connected, and ending that."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.functional import Promise
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

from accounts.models import User
from wallets.models import RegisteredApp
from wallets.scopes import IN_WORDS


@dataclass(frozen=True)
class Connection:
    app: RegisteredApp
    since: datetime.datetime
    may: list[str | Promise]

    @property
    def host(self) -> str:
        """Of the first address that it sends people back to."""
        return host_of(self.app.metadata["redirect_uris"][0])


def in_words(asked: Iterable[str]) -> list[str | Promise]:
    """Each once, though two services may have a scope for the same."""
    wanted = set(asked)
    return list(dict.fromkeys(words for scope, words in IN_WORDS.items() if scope in wanted))


def host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def connections_of(user: User) -> list[Connection]:
    """Those that can read or change something now, or fetch a token that can."""
    # What a refresh token allows is that of the access token it came with, which may be over.
    refreshing = RefreshToken.objects.filter(user=user, revoked=None)
    living = AccessToken.objects.filter(user=user, expires__gt=timezone.now())
    allowed: dict[int, set[str]] = {}
    pairs = [
        *refreshing.values_list("application_id", "access_token__scope"),
        *living.values_list("application_id", "scope"),
    ]
    for application_id, scope in pairs:
        allowed.setdefault(application_id, set()).update((scope or "").split())
    since = dict(
        RefreshToken.objects.filter(user=user)
        .order_by()
        .values_list("application_id")
        .annotate(Min("created"))
    )
    apps = RegisteredApp.objects.filter(application__in=allowed).select_related("application")
    return [
        Connection(
            app=app,
            since=since.get(app.application_id, app.registered_at),
            may=in_words(allowed[app.application_id]),
        )
        for app in apps.order_by("application__name", "pk")
    ]


@transaction.atomic
def disconnect(*, user: User, app: RegisteredApp) -> None:
    """From now on the app can do nothing for this person until they allow it again."""
    for model in (Grant, RefreshToken, AccessToken, IDToken):
        model.objects.filter(user=user, application=app.application_id).delete()
