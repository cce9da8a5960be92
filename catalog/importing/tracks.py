"""Rows of tracks, with the rule of each."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import Organization
from catalog import actions, rules
from catalog.importing import pages
from catalog.importing.changes import assign, by_external_id, organization, picked
from catalog.importing.fields import Invalid
from catalog.importing.outcomes import Verdict
from catalog.importing.rules import resolve
from catalog.models import Achievement, Status, Track
from catalog.search import courses_changed
from lib.slugs import unique_slug


def importer(rows: list[dict[str, Any]]) -> Callable[..., Verdict]:
    bodies = by_external_id(Organization.objects.all(), (row["organization"] for row in rows))

    # Tracks are looked up one by one, because a row may rest on the row before it.
    def apply(row: dict[str, Any], *, at: datetime.datetime) -> Verdict:
        found = Track.objects.filter(external_id=row["external_id"]).first()
        track = found or Track(external_id=row["external_id"])
        status = pages.wanted_status(row, track)
        is_changed = _write(track, row, bodies)
        achievement, has_other_kind = pages.keep_achievement(
            track, row, default=Achievement.Kind.CERTIFICATE
        )
        is_changed |= has_other_kind
        tree = resolve(row["rule"], achievement, is_public=status == Status.PUBLISHED)
        if status == Status.DRAFT:
            is_changed |= pages.keep_draft(achievement, track, pages.wording(row), tree)
        elif status == Status.PUBLISHED:
            is_changed |= _publish(track, tree, pages.wording(row), at=at)
        elif track.status == Status.PUBLISHED:
            actions.retire(item=track)
            is_changed = True
        if is_changed:
            courses_changed(actions.courses_under(track))
        if found is None:
            return Verdict.CREATED
        return Verdict.UPDATED if is_changed else Verdict.UNCHANGED

    return apply


def _write(track: Track, row: dict[str, Any], bodies: dict[str, Organization]) -> bool:
    values = picked(row, "title", "summary", "description", "field", "language")
    body = organization(bodies, row["organization"], key="organization", role="awarding_body")
    if track.published_at and track.organization_id != body.pk:
        raise Invalid("organization: cannot change once the track was published")
    changed = assign(track, {**values, "organization_id": body.pk})
    if track.pk is None:
        track.slug = unique_slug(Track, track.title)
        track.save()
    elif changed:
        track.save(update_fields=[*changed, "updated_at"])
    return bool(changed)


def _publish(
    track: Track, tree: rules.Node, wording: actions.Wording, *, at: datetime.datetime
) -> bool:
    # Also what it rests on may have changed: more minutes in a course are more in the track.
    if track.is_published and actions.track_is_current(track=track, tree=tree, wording=wording):
        return False
    actions.publish_track(track=track, tree=tree, wording=wording, at=at)
    return True
