"""Rows of organizations."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.text import slugify

from accounts.models import Organization
from catalog.importing.changes import assign, by_external_id, picked
from catalog.importing.format import ROLES
from catalog.importing.outcomes import Verdict
from lib.slugs import unique_slug

DEFAULT_ROLES = ("provider", "awarding_body")


def importer(rows: list[dict[str, Any]]) -> Callable[..., Verdict]:
    known = by_external_id(Organization.objects.all(), (row["external_id"] for row in rows))

    def apply(row: dict[str, Any], *, at: datetime.datetime) -> Verdict:
        found = known.get(row["external_id"])
        item = found or Organization(external_id=row["external_id"])
        values = picked(row, "name", "description", "url", "country", "email")
        if "roles" in row or found is None:
            roles = row.get("roles", DEFAULT_ROLES)
            values |= {f"is_{role}": role in roles for role in ROLES}
        changed = assign(item, values)
        if found is None:
            item.slug = unique_slug(Organization, _stem(row))
            item.save()
            return Verdict.CREATED
        if changed:
            item.save(update_fields=changed)
        return Verdict.UPDATED if changed else Verdict.UNCHANGED

    return apply


def _stem(row: dict[str, Any]) -> str:
    """In ASCII, because the slug becomes part of the issuer's ``did:web``."""
    return slugify(row["name"]) or slugify(row["external_id"]) or "organization"
