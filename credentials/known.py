"""What this installation knows itself: its issuers, their lists, and whom else it trusts."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from credentials import issuers
from credentials.documents import did_document
from credentials.models import StatusList
from credentials.resolving import NoWeb, Web, WebResolver
from credentials.vc import did


class LocalResolver:
    """Answers from the database; never asks the network."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        organization = issuers.of_did(did)
        return did_document(organization) if organization else None

    def status_list(self, url: str) -> dict[str, Any] | str | None:
        base, is_suspensions = url.removesuffix("/suspension"), url.endswith("/suspension")
        public_id = uuid_at(base, folder="status")
        listed = StatusList.objects.filter(public_id=public_id).first() if public_id else None
        if listed is None:
            return None
        content = listed.suspension_document if is_suspensions else listed.document
        document: dict[str, Any] | None = json.loads(bytes(content)) if content else None
        return document

    def key(self, url: str) -> dict[str, Any] | None:
        return None


class SiteResolver:
    """Ours from the database, and those of others from where they are published."""

    def __init__(self, web: Web) -> None:
        self._local = LocalResolver()
        self._web = WebResolver(web)

    def did_document(self, did: str) -> dict[str, Any] | None:
        return (self._local if is_ours(did) else self._web).did_document(did)

    def status_list(self, url: str) -> dict[str, Any] | str | None:
        return (self._local if is_on_site(url) else self._web).status_list(url)

    def key(self, url: str) -> dict[str, Any] | None:
        return None if is_on_site(url) else self._web.key(url)


def the_web() -> Web:
    return Web() if settings.VERIFIER_ASKS_OTHERS else NoWeb()


def is_ours(issuer: str) -> bool:
    """Whether only this site can say whose DID this is; it may be nobody's."""
    own = did.from_url(settings.BASE_URL)
    return issuer == own or issuer.startswith(f"{own}:")


def is_known(issuer: str) -> bool:
    return is_ours(issuer) or issuer in settings.KNOWN_ISSUERS


def is_on_site(url: str) -> bool:
    return url == settings.BASE_URL or url.startswith(f"{settings.BASE_URL}/")


def uuid_at(url: str, *, folder: str) -> uuid.UUID | None:
    """The UUID in an address ``BASE_URL/folder/<uuid>`` of this site, or of what lies below it."""
    try:
        parts = urlsplit(url)
        own = urlsplit(settings.BASE_URL)
        _, found, name, *_below = parts.path.split("/")
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or found != folder:
            return None
        return uuid.UUID(name)
    except ValueError:
        return None
