"""Previews of what publishing would do: asked for, and worked out."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from catalog.models import Course, Track
from catalog.rules import InvalidRule
from credentials import nudges, preview
from credentials.bulk import read_world
from credentials.models import Award, RulePreview
from enrollment.models import Enrollment
from lib.nudges import after_commit

KEPT = datetime.timedelta(days=1)
AT_ONCE = 20_000
"""So many completions and awards are judged while somebody waits: that takes a second or two."""


@transaction.atomic
def ask_for_preview(*, item: Course | Track, by: User, at: datetime.datetime) -> RulePreview:
    """Ask what publishing it as it is written now would do; worked out at once if that is quick."""
    of: dict[str, Any] = {"course" if isinstance(item, Course) else "track": item}
    RulePreview.objects.filter(Q(**of) | Q(asked_at__lte=at - KEPT)).delete()
    is_quick = not any(
        rows.order_by()[AT_ONCE : AT_ONCE + 1].exists()
        for rows in (Enrollment.objects.completed(), Award.objects.all())
    )
    row = RulePreview.objects.create(
        **of, asked_by=by, asked_at=at, taken_at=at if is_quick else None, tries=int(is_quick)
    )
    if is_quick:
        _work_out(row, at=at)
    else:
        after_commit(nudges.FORESEE)
    return row


def foresee_due(*, at: datetime.datetime) -> bool:
    """Work out one preview that is due; whether there was one. Safe to repeat, and at once twice.

    One that a worker took and did not finish is due again after a while, three times at most.
    """
    row = RulePreview.objects.due(at=at).select_related("course", "track").order_by("pk").first()
    if row is None:
        return False
    taken = RulePreview.objects.due(at=at).filter(pk=row.pk)
    if taken.update(taken_at=at, tries=F("tries") + 1):
        _work_out(row, at=at)
    return True


def _work_out(row: RulePreview, *, at: datetime.datetime) -> None:
    row.done_at = at
    try:
        foreseen = preview.foreseen_of(row.item)
        row.digest = preview.digest_of(foreseen)
        row.found = preview.to_bytes(preview.preview_in(read_world(), foreseen, at=at))
    except (InvalidRule, preview.NothingToPreview) as problem:
        row.failure = str(problem)[:500]
    RulePreview.objects.filter(pk=row.pk).update(
        done_at=row.done_at, digest=row.digest, found=row.found, failure=row.failure
    )
