"""Open Badges of others that an app brings to their holder."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import transaction

from accounts.models import User
from credentials import badges, verifying
from credentials.vc.forms import valid_from
from credentials.vc.reading import is_jwt
from wallets.models import BroughtBadge, RegisteredApp

MOST = 200
MAX_BYTES = 256 * 1024


class TooMany(Exception):
    """The holder keeps as many badges of others as anybody may."""


@transaction.atomic
def bring(*, source: str, learner: User, app: RegisteredApp, at: datetime.datetime) -> bool:
    """Keep the badge, or replace the same one; whether it is new.

    One that was issued here is held already, and nothing is kept. Raises ``badges.BadgeRefused``
    for what proves nothing of this learner, and ``TooMany``.
    """
    badge = badges.read(source, learner=learner)
    document = badge.report.document or {}
    own = verifying.find_stored(str(document.get("id", "")))
    if own and badge.report.is_valid and own.award.learner_id == learner.pk:
        return False
    # What is counted stays so.
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    kept = BroughtBadge.objects.filter(learner=learner)
    if not kept.filter(key=badge.key).exists() and kept.count() >= MOST:
        raise TooMany
    _, is_new = BroughtBadge.objects.update_or_create(
        learner=learner,
        key=badge.key,
        defaults={
            "source": badge.source,
            "is_jwt": is_jwt(badge.source),
            "name": _name_of(document),
            "issuer_name": _text(_part(document.get("issuer"), "name")),
            "verdict": badge.report.verdict,
            "issued_at": _moment(valid_from(document)) or at,
            "brought_at": at,
            "brought_by": app.application.name[:100],
        },
    )
    return is_new


def _name_of(document: dict[str, Any]) -> str:
    subject = document.get("credentialSubject")
    achievement = _part(subject, "achievement")
    named = _part(achievement, "name") or document.get("name") or "Open Badge"
    return _text(named)


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    """Names may be given by language."""
    if isinstance(value, dict):
        value = next(iter(value.values()), "")
    text = value if isinstance(value, str) else ""
    return " ".join(text.split())[:200]


def _moment(value: Any) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def as_json(badge: BroughtBadge) -> bytes:
    """As it goes into a list: a JWT as a string, everything else as the JSON that it is."""
    return json.dumps(badge.source).encode() if badge.is_jwt else badge.source.encode()
