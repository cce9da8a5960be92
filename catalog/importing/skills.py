"""Rows of skills."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from catalog.importing.changes import assign, picked
from catalog.importing.outcomes import Verdict
from catalog.models import Skill


def importer(rows: list[dict[str, Any]]) -> Callable[..., Verdict]:
    known = {skill.uri: skill for skill in Skill.objects.filter(uri__in=[r["uri"] for r in rows])}

    def apply(row: dict[str, Any], *, at: datetime.datetime) -> Verdict:
        found = known.get(row["uri"])
        item = found or Skill(uri=row["uri"])
        changed = assign(item, picked(row, *_its_own(item)))
        if found is None:
            item.save()
            return Verdict.CREATED
        if changed:
            item.save(update_fields=changed)
        return Verdict.UPDATED if changed else Verdict.UNCHANGED

    return apply


def _its_own(skill: Skill) -> list[str]:
    """What a catalog file may say of the skill: of one that ESCO's release names, what is missing.

    The framework's own label is the one that credentials and other systems know it by.
    """
    if not skill.is_of_a_release:
        return ["label", "description"]
    return [] if skill.description else ["description"]
