"""Evidence, as rules see it: plain facts without rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Kind = Literal["completion", "award", "recognition"]
Item = tuple[str, int]


@dataclass(frozen=True)
class Fact:
    """Evidence that stands: a completion, an award or recognized prior learning, by its row.

    ``minutes`` and ``ects`` (in hundredths) are what it is worth; ``until`` is when it stops
    counting; ``level`` is that of the skill it is filed under. ``item`` is what counts once,
    where that is not simply what the leaf names: a course that counts as another stays itself.
    """

    pk: int
    at: datetime.datetime
    grade: Decimal | None = None
    minutes: int = 0
    ects: int = 0
    kind: Kind = "completion"
    issuer_id: int | None = None
    until: datetime.datetime | None = None
    level: int = 0
    item: Item | None = None


@dataclass(frozen=True)
class Evidence:
    """All that one learner has: the facts by course, achievement and skill, newest first."""

    completions: Mapping[int, Sequence[Fact]] = field(default_factory=dict)
    awards: Mapping[int, Sequence[Fact]] = field(default_factory=dict)
    skills: Mapping[int, Sequence[Fact]] = field(default_factory=dict)


@dataclass(frozen=True)
class Support:
    """Why a rule is satisfied: the leaves that it rests on, by number, and the fact at each."""

    leaves: Mapping[int, Fact] = field(default_factory=dict)

    @property
    def facts(self) -> list[Fact]:
        """Each once, in the order of the leaves."""
        return list(dict.fromkeys(self.leaves.values()))

    @property
    def grade(self) -> Decimal | None:
        """The grade of the one completion that this rests on, if it is exactly one."""
        facts = self.facts
        return facts[0].grade if len(facts) == 1 and facts[0].kind != "award" else None
