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
        changed = assign(item, picked(row, "label", "description"))
        if found is None:
            item.save()
            return Verdict.CREATED
        if changed:
            item.save(update_fields=changed)
        return Verdict.UPDATED if changed else Verdict.UNCHANGED

    return apply
