"""The awards whose credentials are due, read as plain rows: a batch is many, and each is small."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery

from catalog.models import AchievementVersion
from credentials import how
from credentials.drafting import Drafting, draftings
from credentials.models import Award, AwardEvidence, Credential
from lib.prepared import Prepared


class Learner(NamedTuple):
    pk: int
    email: str
    credential_name: str
    language: str
    is_active: bool
    erased_at: datetime.datetime | None
    did: str | None
    """An identifier that is theirs, if they have shown one."""

    @property
    def printed_name(self) -> str:
        return self.credential_name or self.email


columns_of_learner = (
    "learner_id",
    *(f"learner__{name}" for name in Learner._fields[1:-1]),
    "learner__did__did",
)
"""From a row that refers to one."""


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
    is_unusual: bool
    """Some of its evidence is not what completing a course in the usual way gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One award, and what its credential says of it beside its version."""

    pk: int
    public_id: uuid.UUID
    learner: Learner
    drafting: Drafting
    grade: Decimal | None
    expires_at: datetime.datetime | None
    failures: int
    how: str
    """Empty for what was earned in the usual way, and for what rests on several courses."""
    supersedes_id: int | None
    """The credential that the new one succeeds. Most awards have none."""

    @property
    def version(self) -> AchievementVersion:
        return self.drafting.version


def take(count: int, *, at: datetime.datetime) -> list[Due]:
    """So many of the awards that are due, locked until the transaction ends.

    What another worker holds is passed over. Always in one order, or two would wait for each other.
    """
    found = _waiting(count).rows(at)
    return _with_all([(_Row(*row[:_ROW]), Learner(*row[_ROW:])) for row in found]) if found else []


@cache
def _waiting(count: int) -> Prepared:
    # Looked up award by award: of those that are due, hardly any has a credential.
    earlier = Credential.objects.filter(award=OuterRef("pk")).order_by("-issued_at", "-pk")
    unusual = AwardEvidence.objects.filter(award=OuterRef("pk")).filter(
        Q(recognition__isnull=False) | Q(enrollment__completed_by__in=how.SAID)
    )
    return Prepared(
        lambda at: (
            Award.objects.due(at=at)
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .annotate(supersedes_id=Subquery(earlier.values("pk")[:1]), is_unusual=Exists(unusual))
            .order_by("due_at", "pk")
            .values_list(*_Row._fields, *columns_of_learner)[:count]
        )
    )


_ROW = len(_Row._fields)


def _with_all(rows: Sequence[tuple[_Row, Learner]]) -> list[Due]:
    drafted = draftings({row.version_id for row, _ in rows}, or_halted=True)
    evidence = how.evidence([row.pk for row, _ in rows if row.is_unusual])
    return [
        Due(
            pk=row.pk,
            public_id=row.public_id,
            learner=learner,
            drafting=(drafting := drafted[row.version_id]),
            grade=row.grade,
            expires_at=row.expires_at,
            failures=row.failures,
            how=_how(row, drafting.version, evidence.get(row.pk, ())),
            supersedes_id=row.supersedes_id,
        )
        for row, learner in rows
    ]


def _how(row: _Row, version: AchievementVersion, evidence: Collection[how.Fact]) -> str:
    if row.granted_by_id:
        return how.by_hand(version.achievement.awarding_body, row.grant_reason)
    return how.by(evidence)
