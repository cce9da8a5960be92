"""What others publish about themselves, asked for through the guarded client and within a budget.

Knows nothing of Django, so that the command-line verifier asks in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from threading import BoundedSemaphore
from typing import Any, Protocol
from urllib.parse import urldefrag

from credentials import fetching
from credentials.fetching import JSON_TYPES, PICTURE_TYPES, Fetched, NotFetched
from credentials.vc import did, reading
from credentials.vc.reports import Stop, Unreachable
from credentials.vc.said import Said

MAX_FETCHES = 8
"""For one credential: itself, its issuer, a key and its lists."""
SECONDS = 12.0
"""For all of them together."""
AT_ONCE = 6
# Threads that wait for slow strangers serve no pages: a few may, the others say that they cannot.
_slots = BoundedSemaphore(AT_ONCE)


class Fetch(Protocol):
    """``fetching.fetch``."""

    def __call__(self, url: str, *, accept: Collection[str], seconds: float) -> Fetched: ...


class Web:
    """The way to others while one credential is verified: what was had once is not asked again."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        self._fetch = fetch or fetching.fetch
        self._deadline = time.monotonic() + SECONDS
        self._left = MAX_FETCHES
        self._had: dict[str, bytes | Unreachable] = {}

    def get(self, url: str, *, accept: Collection[str] = JSON_TYPES) -> bytes:
        """Raises ``Unreachable``."""
        if url not in self._had:
            try:
                self._had[url] = self._ask(url, accept)
            except NotFetched as error:
                self._had[url] = Unreachable(error.words)
        had = self._had[url]
        if isinstance(had, Unreachable):
            raise had
        return had

    def document(self, url: str) -> bytes:
        """A credential or what carries one."""
        return self.get(url, accept=JSON_TYPES | PICTURE_TYPES)

    def _ask(self, url: str, accept: Collection[str]) -> bytes:
        seconds = self._deadline - time.monotonic()
        self._left -= 1
        if self._left < 0 or seconds <= 0:
            raise NotFetched(Said("Checking it would ask more of others than one credential may."))
        if not _slots.acquire(timeout=seconds):
            raise NotFetched(
                Said("Too many credentials of others are being checked. Try again soon.")
            )
        try:
            return self._fetch(url, accept=accept, seconds=seconds).content
        finally:
            _slots.release()


class NoWeb(Web):
    """Asks nobody."""

    def _ask(self, url: str, accept: Collection[str]) -> bytes:
        raise NotFetched(Said("Other websites are not asked here."))


class WebResolver:
    """Issuers by ``did:web``, ``did:key``, ``did:jwk`` or an ``https`` address; their lists."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def did_document(self, did_: str) -> dict[str, Any] | None:
        if described := did.by_itself(did_):
            return described
        if did_.startswith("did:web:"):
            return self._json(did.to_url(did_))
        # A profile that is a controlled identifier document, too (Controlled Identifiers 1.0 §2).
        return self._json(did_) if did_.startswith("https://") else None

    def status_list(self, url: str) -> dict[str, Any] | str | None:
        content = self._web.get(url)
        try:
            text = reading.as_text(content)
            return text if reading.is_jwt(text) else reading.parse(text)
        except Stop as stop:
            words = Said("What lies at the address of its status list is none.")
            raise Unreachable(words) from stop

    def key(self, url: str) -> dict[str, Any] | None:
        """A JWK, or the one of a set that has this address or its fragment as its name."""
        base, fragment = urldefrag(url)
        found = self._json(base)
        if "keys" not in found:
            return found if "kty" in found else None
        listed = found["keys"] if isinstance(found["keys"], list) else []
        named = [
            key for key in listed if isinstance(key, dict) and key.get("kid") in {url, fragment}
        ]
        return named[0] if named else None

    def _json(self, url: str) -> dict[str, Any]:
        content = self._web.get(url)
        try:
            return reading.parse(reading.as_text(content))
        except Stop as stop:
            words = Said("What lies at {address} is not JSON.", address=url[:200])
            raise Unreachable(words) from stop
