"""The awards whose credentials are due, read as plain rows: a batch is many, and each is small."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import AchievementVersion
from credentials.models import Award, AwardEvidence, Credential
from enrollment.models import Enrollment
from lib.prepared import Prepared
from lib.text import clean_block

HOW = {
    Enrollment.CompletedBy.CHALLENGE: "Earned by passing a challenge assessment, without the units"
    " of the course.",
    Enrollment.CompletedBy.HAND: "Recorded by the provider on evidence seen elsewhere.",
}
"""The European elements ask how learning was assessed where it was not in the usual way."""
BY_HAND = "Awarded by hand, not by its rule. {body} gives this reason: {reason}"


class Learner(NamedTuple):
    pk: int
    email: str
    credential_name: str
    language: str
    is_active: bool
    did: str | None
    """An identifier that is theirs, if they have shown one."""

    @property
    def printed_name(self) -> str:
        return self.credential_name or self.email


class _Row(NamedTuple):
    pk: int
    public_id: uuid.UUID
    learner_id: int
    version_id: int
    grade: Decimal | None
    expires_at: datetime.datetime | None
    granted_by_id: int | None
    grant_reason: str
    failures: int
    supersedes_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One award, and what its credential says of it beside its version."""

    pk: int
    public_id: uuid.UUID
    learner: Learner
    version: AchievementVersion
    grade: Decimal | None
    expires_at: datetime.datetime | None
    failures: int
    how: str
    """Empty for what was earned in the usual way, and for what rests on several courses."""
    supersedes_id: int | None
    """The credential that the new one succeeds. Most awards have none."""


def take(count: int, *, at: datetime.datetime) -> list[Due]:
    """So many of the awards that are due, locked until the transaction ends.

    What another worker holds is passed over. Always in one order, or two would wait for each other.
    """
    rows = [_Row(*row) for row in _waiting(count).rows(at)]
    return _with_all(rows) if rows else []


@cache
def _waiting(count: int) -> Prepared:
    # Looked up award by award: of those that are due, hardly any has a credential.
    earlier = Credential.objects.filter(award=OuterRef("pk")).order_by("-issued_at", "-pk")
    return Prepared(
        lambda at: (
            Award.objects.due(at=at)
            .select_for_update(skip_locked=True, no_key=True)
            .annotate(supersedes_id=Subquery(earlier.values("pk")[:1]))
            .order_by("due_at", "pk")
            .values_list(*_Row._fields)[:count]
        )
    )


def _with_all(rows: Sequence[_Row]) -> list[Due]:
    pks = [row.pk for row in rows]
    learners = _learners({row.learner_id for row in rows})
    versions = _versions({row.version_id for row in rows})
    evidence = _evidence(pks)
    return [
        Due(
            pk=row.pk,
            public_id=row.public_id,
            learner=learners[row.learner_id],
            version=(version := versions[row.version_id]),
            grade=row.grade,
            expires_at=row.expires_at,
            failures=row.failures,
            how=_how(row, version, evidence.get(row.pk, ())),
            supersedes_id=row.supersedes_id,
        )
        for row in rows
    ]


_LEARNERS = Prepared(
    lambda pks: User.objects.filter(pk__in=pks).values_list(*Learner._fields[:-1], "did__did")
)


def _learners(pks: Collection[int]) -> dict[int, Learner]:
    return {row[0]: Learner(*row) for row in _LEARNERS.rows(list(pks))}


def _versions(pks: Collection[int]) -> dict[int, AchievementVersion]:
    """One object for all that share it: a thousand learners earn a few achievements."""
    return (
        AchievementVersion.objects.select_related("achievement__awarding_body")
        .prefetch_related("skills")
        .in_bulk(pks)
    )


class _Fact(NamedTuple):
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


def _evidence(awards: Collection[int]) -> dict[int, list[_Fact]]:
    found: defaultdict[int, list[_Fact]] = defaultdict(list)
    for award_id, completed_by, recognized in _EVIDENCE.rows(list(awards)):
        found[award_id].append(_Fact(completed_by, recognized))
    return found


def _how(row: _Row, version: AchievementVersion, evidence: Iterable[_Fact]) -> str:
    if row.granted_by_id:
        body = version.achievement.awarding_body.name
        return clean_block(BY_HAND.format(body=body, reason=row.grant_reason))
    if recognized := [fact.recognized for fact in evidence if fact.recognized is not None]:
        what = ", ".join(f"“{clean_block(name)}”" for name in recognized)
        return f"Prior learning that was recognized counts in it as {what}."
    by = {fact.completed_by for fact in evidence if fact.completed_by is not None}
    return HOW.get(Enrollment.CompletedBy(by.pop()), "") if len(by) == 1 and all(by) else ""
