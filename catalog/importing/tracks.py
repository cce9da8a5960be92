"""Rows of tracks, with the rule of each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from accounts.models import Organization
from catalog import actions, rules
from catalog.importing import pages
from catalog.importing.changes import assign, by_external_id, organization, picked
from catalog.importing.fields import Invalid, said
from catalog.importing.outcomes import Verdict
from catalog.models import Achievement, Course, Status, Track
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
        tree = _resolve(row["rule"], achievement, is_public=status == Status.PUBLISHED)
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


def _resolve(rule: dict[str, Any], achievement: Achievement, *, is_public: bool) -> rules.Node:
    """The rule with rows for names; what is public must not rest on what nobody can take."""
    leaves = list(_leaves(rule))
    courses = by_external_id(
        Course.objects.all(), (leaf["course"] for leaf in leaves if "course" in leaf)
    )
    tracks = by_external_id(
        Track.objects.select_related("achievement"),
        (leaf["track"] for leaf in leaves if "track" in leaf),
    )
    problems = []
    for leaf in leaves:
        kind = "course" if "course" in leaf else "track"
        item = courses.get(leaf[kind]) if kind == "course" else tracks.get(leaf[kind])
        if item is None or not (isinstance(item, Course) or hasattr(item, "achievement")):
            problems.append(f"rule: there is no {kind} {said(leaf[kind])}")
        elif is_public and not item.is_public:
            problems.append(f"rule: the {kind} {said(leaf[kind])} is a draft; publish it first")
    if problems:
        raise Invalid(*dict.fromkeys(problems))
    tree = _node(rule, courses, tracks)
    rules.check(tree, achievement=achievement)
    return tree


def _leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "course" in node or "track" in node:
        yield node
        return
    for child in next(item for item in node.values() if isinstance(item, list)):
        yield from _leaves(child)


def _node(node: dict[str, Any], courses: dict[str, Course], tracks: dict[str, Track]) -> rules.Node:
    limits = node.get("min_grade"), node.get("max_age_months")
    if "course" in node:
        return rules.CourseLeaf(courses[node["course"]].pk, *limits)
    if "track" in node:
        return rules.AchievementLeaf(tracks[node["track"]].achievement.pk, *limits)
    listed = next(item for item in node.values() if isinstance(item, list))
    children = tuple(_node(child, courses, tracks) for child in listed)
    if "all" in node or "any" in node:
        return rules.Group("all" if "all" in node else "any", children)
    if "at_least" in node:
        return rules.at_least(node["at_least"], *children)
    return rules.Group(rules.Operator.CREDITS, children, node["credits_minutes"])
