"""What of a person's a service lists, and a page of it: documents, and JWTs beside them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from credentials.models import Credential, CredentialJwt, Transcript
from wallets import badges
from wallets.models import BroughtBadge

Texts = list[bytes]
"""Each is JSON already, and goes into an answer as it is: what was signed is not written anew."""


@dataclass(frozen=True)
class Shelf:
    """Rows in the order of issuing, so that what is new comes last and no page moves."""

    rows: QuerySet[Any]
    texts: Callable[[Sequence[Any]], tuple[Texts, Texts]]


@dataclass(frozen=True)
class Page:
    documents: Texts
    tokens: Texts
    total: int


def page_of(shelves: Sequence[Shelf], *, offset: int, limit: int) -> Page:
    """As if the shelves were one list."""
    documents: Texts = []
    tokens: Texts = []
    total, room = 0, limit
    for shelf in shelves:
        start = max(0, offset - total)
        rows = list(shelf.rows[start : start + room]) if room else []
        more_documents, more_tokens = shelf.texts(rows)
        documents += more_documents
        tokens += more_tokens
        room -= len(rows)
        total += shelf.rows.count()
    return Page(documents, tokens, total)


def open_badges(person: User, since: datetime.datetime | None) -> list[Shelf]:
    """One's own, but for those that were taken back, then those of others."""
    own = Credential.objects.held_by(person).readable().standing().filter(suspended_at=None)
    others = BroughtBadge.objects.filter(learner=person)
    if since:
        own, others = own.filter(issued_at__gt=since), others.filter(issued_at__gt=since)
    return [
        Shelf(own.order_by("issued_at", "pk"), _own),
        Shelf(others.order_by("issued_at", "pk"), _brought),
    ]


def _own(rows: Sequence[Credential]) -> tuple[Texts, Texts]:
    jwts = CredentialJwt.objects.filter(credential__in=rows).exclude(signed_at=None)
    tokens = [_quoted(jwt.token) for jwt in jwts.order_by("credential__issued_at", "pk")]
    return [bytes(row.document) for row in rows], tokens


def _brought(rows: Sequence[BroughtBadge]) -> tuple[Texts, Texts]:
    texts = [(row.is_jwt, badges.as_json(row)) for row in rows]
    return [text for is_jwt, text in texts if not is_jwt], [
        text for is_jwt, text in texts if is_jwt
    ]


def transcripts(person: User, since: datetime.datetime | None) -> list[Shelf]:
    """Those that are signed; each comes in both forms."""
    signed = Transcript.objects.kept().filter(learner=person).exclude(signed_at=None)
    if since:
        signed = signed.filter(signed_at__gt=since)
    return [Shelf(signed.order_by("signed_at", "pk"), _signed)]


def _signed(rows: Sequence[Transcript]) -> tuple[Texts, Texts]:
    return [bytes(row.document) for row in rows], [_quoted(row.token) for row in rows]


def _quoted(token: bytes | memoryview) -> bytes:
    """A JWT has no character that JSON escapes."""
    return b'"%s"' % bytes(token)
