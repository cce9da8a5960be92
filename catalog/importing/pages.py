"""What rows of courses and of tracks have in common: a status, and a credential in words."""

from __future__ import annotations

from typing import Any

from catalog import actions, rules
from catalog.actions import Wording
from catalog.importing.changes import assign
from catalog.importing.fields import Invalid
from catalog.models import Achievement, AchievementVersion, Course, Status, Track


def wording(row: dict[str, Any]) -> Wording:
    given = row.get("achievement", {})
    return Wording(*(given.get(name, "") for name in ("name", "description", "criteria")))


def wanted_status(row: dict[str, Any], item: Course | Track) -> str:
    """What the row says, or else what is; what is new is published."""
    is_draft = not item.is_public
    default = (Status.DRAFT if is_draft else item.status) if item.pk else Status.PUBLISHED
    wanted: str = row.get("status", default)
    if wanted == Status.DRAFT and not is_draft:
        raise Invalid("status: what was published is no draft again; retired takes it away")
    if wanted == Status.RETIRED and is_draft:
        raise Invalid("status: what was never published cannot be retired; say draft")
    return wanted


def keep_achievement(
    item: Course | Track, row: dict[str, Any], *, default: str
) -> tuple[Achievement, bool]:
    """The achievement with the kind of the row, and whether something was written."""
    kind = row.get("achievement", {}).get("kind")
    body_id = item.awarding_body_id if isinstance(item, Course) else item.organization_id
    try:
        achievement: Achievement = item.achievement
    except Achievement.DoesNotExist:
        course, track = (item, None) if isinstance(item, Course) else (None, item)
        return Achievement.objects.create(
            course=course, track=track, awarding_body_id=body_id, kind=kind or default
        ), True
    changed = assign(achievement, {"awarding_body_id": body_id, "kind": kind or achievement.kind})
    if changed:
        achievement.save(update_fields=changed)
    return achievement, bool(changed)


def keep_draft(
    achievement: Achievement, item: Course | Track, given: Wording, tree: rules.Node
) -> bool:
    """Write the draft version, and say whether it was another one."""
    had_one = achievement.versions.filter(published_at=None).exists()
    draft: AchievementVersion = actions.draft_version(achievement=achievement)
    values = {
        "name": given.name or item.title,
        "description": given.description or item.summary or item.title,
        # Left empty, it is made of what is published in the end.
        "criteria": given.criteria,
        "language": item.language,
    }
    changed = assign(draft, values)
    if changed:
        draft.save(update_fields=changed)
    has_other_rule = rules.load(draft) != tree
    if has_other_rule:
        rules.store(draft, tree)
    return bool(changed) or has_other_rule or not had_one
