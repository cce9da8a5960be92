"""How a learner came to an award, where it was not in the usual way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Coalesce

from accounts.models import Organization
from credentials.models import AwardEvidence
from enrollment.models import Enrollment
from lib.prepared import Prepared
from lib.text import clean_block

SAID = {
    Enrollment.CompletedBy.CHALLENGE: "Earned by passing a challenge assessment, without the units"
    " of the course.",
    Enrollment.CompletedBy.HAND: "Recorded by the provider on evidence seen elsewhere.",
}
"""The European elements ask how learning was assessed where it was not in the usual way."""
BY_HAND = "Awarded by hand, not by its rule. {body} gives this reason: {reason}"


class Fact(NamedTuple):
    completed_by: str | None
    recognized: str | None


_EVIDENCE = Prepared(
    lambda awards: (
        AwardEvidence.objects.filter(award__in=awards, supporting_award=None)
        .order_by("award", "node_number")
        .values_list(
            "award_id",
            "enrollment__completed_by",
            Coalesce(F("recognition__course__title"), F("recognition__skill__label")),
        )
    )
)


def evidence(awards: Collection[int]) -> dict[int, list[Fact]]:
    """What these awards rest on beside other awards, by their primary keys."""
    if not awards:
        return {}
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for award_id, completed_by, recognized in _EVIDENCE.rows(list(awards)):
        found[award_id].append(Fact(completed_by, recognized))
    return found


def by_hand(body: Organization, reason: str) -> str:
    return clean_block(BY_HAND.format(body=body.name, reason=reason))


def by(evidence: Collection[Fact]) -> str:
    """Empty for what was earned in the usual way, and for what rests on several courses."""
    if recognized := [fact.recognized for fact in evidence if fact.recognized is not None]:
        what = ", ".join(f"“{clean_block(name)}”" for name in recognized)
        return f"Prior learning that was recognized counts in it as {what}."
    ways = {fact.completed_by for fact in evidence if fact.completed_by is not None}
    return SAID.get(Enrollment.CompletedBy(ways.pop()), "") if len(ways) == 1 and all(ways) else ""
