"""Where a credential stands in stacks: what it rests on, and what it counts toward."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Achievement, AchievementVersion, Status
from catalog.named import named_in
from credentials.models import Award, AwardEvidence, Credential


@dataclass(frozen=True)
class Support:
    """``credential`` is that of a supporting award, where whoever looks may see it."""

    row: AwardEvidence
    credential: Credential | None


def rests_on(award: Award, *, is_holder: bool) -> list[Support]:
    rows = award.evidence.select_related(
        *("enrollment__run__course", "supporting_award__version"),
        *("recognition__course", "recognition__skill"),
    )
    shown = Credential.objects.readable().filter(award__evidence_for__award=award)
    if not is_holder:
        shown = shown.exclude(visibility=Credential.Visibility.OFF)
    # Of one award the newest: what was issued anew stands in for what was before.
    latest: dict[int | None, Credential] = {
        one.award_id: one for one in shown.defer("document").order_by("pk")
    }
    return [Support(row, latest.get(row.supporting_award_id)) for row in rows]


def counts_toward(achievement: Achievement) -> list[AchievementVersion]:
    """The rules in force of tracks that name it."""
    item = achievement.course or achievement.track
    assert item is not None
    return [
        one.version
        for one in named_in(item)
        if one.is_current
        and one.version.achievement.track is not None
        and one.version.achievement.track.status == Status.PUBLISHED
    ]
