"""What learners have, read in one query: completions, awards, recognitions, and where they stand.

The number of queries does not depend on how many learners, rules or courses there are.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Value
from django.db.models import fields as columns
from django.utils import timezone

from accounts.models import User
from catalog.judging import Evidence, Fact, Item, Kind
from catalog.models import LEVEL_RANK, RuleBook
from credentials import how
from credentials.models import Award, Pursuit, Recognition, Refusal
from credentials.rulebook import Worth, book
from enrollment.models import Enrollment
from lib.prepared import Prepared


class Row(NamedTuple):
    """One line of the query; what ``number`` and ``reference`` say depends on ``what``."""

    what: str
    learner_id: int
    subject_id: int
    pk: int
    at: datetime.datetime | None = None
    grade: Decimal | None = None
    until: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
    number: int = 0
    reference: int | None = None
    issuer_id: int | None = None
    note: str = ""


@dataclass
class Standing:
    """One learner: the rows as they are, and what follows from them."""

    learner_id: int
    completions: list[Row] = field(default_factory=list)
    awards: list[Row] = field(default_factory=list)
    recognitions: list[Row] = field(default_factory=list)
    pursued: dict[int, int] = field(default_factory=dict)
    """The version that the learner has joined, by achievement."""
    refused: set[int] = field(default_factory=set)
    remarkable: set[int] = field(default_factory=set)
    """The completions of which a credential says how they came about, by primary key."""
    _plain: dict[bool, _Filed] = field(default_factory=dict)
    """All that counts, with equivalents and without, once it was asked for."""

    def latest(self, achievement_id: int) -> Row | None:
        """The last award of this achievement that stands or that somebody has revoked.

        What has fallen with its evidence decides nothing: it is as if it had never been made.
        """
        found = [row for row in self._awards_of(achievement_id) if row.note != Award.Cause.EVIDENCE]
        return max(found, key=lambda row: row.number, default=None)

    def last_made(self, achievement_id: int) -> Row | None:
        """The last award of this achievement, whatever has become of it: the next one follows."""
        return max(self._awards_of(achievement_id), key=lambda row: row.number, default=None)

    def _awards_of(self, achievement_id: int) -> list[Row]:
        return [row for row in self.awards if row.subject_id == achievement_id]

    def evidence(
        self,
        *,
        at: datetime.datetime,
        equivalents: bool = True,
        without: Collection[int] = (),
        renewing: Row | None = None,
        or_unchanged: bool = False,
    ) -> Evidence:
        """The facts that count at this moment, the newest first.

        Without ``equivalents`` a course counts as itself alone: so its own credential is earned.
        ``without`` leaves out awards, by primary key. ``renewing`` leaves out awards of the same
        achievement and what is not newer, unless ``or_unchanged`` and what it is of has not
        changed since.
        """
        if without or renewing is not None:
            return self._filed(equivalents, without, renewing, or_unchanged).evidence
        equivalents = equivalents and book.has_equivalences
        if equivalents not in self._plain:
            self._plain[equivalents] = self._filed(equivalents)
        return self._plain[equivalents].evidence

    def add(self, award: Row) -> None:
        """An award that was just made is evidence at once."""
        self.awards.append(award)
        for filed in self._plain.values():
            filed.under_achievement(award)
            filed.put_in_order()

    def _filed(
        self,
        equivalents: bool,
        without: Collection[int] = (),
        renewing: Row | None = None,
        or_unchanged: bool = False,
    ) -> _Filed:
        filed = _Filed(equivalents=equivalents)
        since = renewing.at if renewing else None
        renewed = renewing.subject_id if renewing else None

        def is_fresh(row: Row, *, is_current: bool) -> bool:
            assert row.at is not None
            return since is None or row.at > since or (or_unchanged and is_current)

        for row in self.completions:
            worth = book.course(row.subject_id)
            if is_fresh(row, is_current=row.number == worth.edition):
                filed.under_course(row, _fact("completion", row, worth))
        for row in self.awards:
            if row.ended_at is None and row.pk not in without and row.subject_id != renewed:
                assert row.reference is not None
                # What never expires is not awarded again: who holds it has no newer one to get.
                is_current = row.until is None or book.version(row.reference).is_current
                if is_fresh(row, is_current=is_current):
                    filed.under_achievement(row)
        for row in self.recognitions:
            if not is_fresh(row, is_current=False):
                continue
            if row.what == COURSE_RECOGNIZED:
                worth = book.course(row.subject_id)
                filed.under_course(row, _fact("recognition", row, worth))
            else:
                filed.under_skill(row)
        filed.put_in_order()
        return filed


class _Filed:
    """Facts by what leaves look for."""

    def __init__(self, *, equivalents: bool) -> None:
        self.equivalents = equivalents
        self.completions: dict[int, list[Fact]] = {}
        self.awards: dict[int, list[Fact]] = {}
        self.skills: dict[int, list[Fact]] = {}
        self.evidence = Evidence(self.completions, self.awards, self.skills)
        self._mixed: list[list[Fact]] = []
        """Of these the order is not yet that of their age."""

    def _put(self, fact: Fact, filed: dict[int, list[Fact]], under: int) -> None:
        facts = filed.setdefault(under, [])
        facts.append(fact)
        if len(facts) > 1:
            self._mixed.append(facts)

    def under_course(self, row: Row, fact: Fact) -> None:
        """Under the course itself, and under those that it counts as."""
        self._put(fact, self.completions, row.subject_id)
        if self.equivalents:
            on = fact.at.astimezone(datetime.UTC).date()
            for course_id in book.counts_as(row.subject_id, on):
                self._put(fact, self.completions, course_id)

    def under_achievement(self, row: Row) -> None:
        """Under the achievement, and under the skills that it proves."""
        assert row.reference is not None
        worth = book.version(row.reference)
        fact = _fact("award", row, worth)
        self._put(fact, self.awards, row.subject_id)
        for skill_id, level in worth.skills:
            self._put(replace(fact, level=level), self.skills, skill_id)

    def under_skill(self, row: Row) -> None:
        fact = _fact("recognition", row, Worth())
        self._put(replace(fact, level=LEVEL_RANK[row.note]), self.skills, row.subject_id)

    def put_in_order(self) -> None:
        for facts in self._mixed:
            facts.sort(key=_newest_first)
        self._mixed.clear()


def _newest_first(fact: Fact) -> tuple[float, str, int]:
    """What was done here before what was recognized, where both are of one moment."""
    return -fact.at.timestamp(), fact.kind, -fact.pk


def _fact(kind: Kind, row: Row, worth: Worth) -> Fact:
    assert row.at is not None
    return Fact(
        pk=row.pk,
        at=row.at,
        grade=row.grade,
        minutes=worth.minutes,
        ects=worth.ects,
        kind=kind,
        issuer_id=row.issuer_id,
        until=row.until,
        item=_item(kind, row, worth),
    )


def _item(kind: Kind, row: Row, worth: Worth) -> Item | None:
    """What counts once. The completion of a course and its credential are the same thing."""
    if worth.course_id:
        return "course", worth.course_id
    return ("achievement", row.subject_id) if kind == "award" else None


COMPLETED, AWARDED, COURSE_RECOGNIZED, SKILL_RECOGNIZED = "completed", "awarded", "course", "skill"
PURSUED, REFUSED, STAMP = "pursued", "refused", "stamp"


def standings_of(learner_ids: Collection[int]) -> dict[int, Standing]:
    """What each of these learners has, and the rules that it is worth something by, as of now."""
    standings = {learner_id: Standing(learner_id) for learner_id in learner_ids}
    stamp = 0
    for row in _rows(learner_ids):
        if row.what == STAMP:
            stamp = row.number
        else:
            _file(standings[row.learner_id], row)
    book.open(stamp)
    book.learn(
        courses={
            row.subject_id
            for standing in standings.values()
            for row in (*standing.completions, *standing.recognitions)
            if row.what != SKILL_RECOGNIZED
        },
        versions={
            version_id
            for standing in standings.values()
            for version_id in (
                *(row.reference for row in standing.awards if row.reference),
                *standing.pursued.values(),
            )
        },
        achievements={pk for standing in standings.values() for pk in standing.pursued},
    )
    return standings


def standing_of(learner: User) -> Standing:
    return standings_of([learner.pk])[learner.pk]


def evidence_of(learner: User) -> Evidence:
    """What counts for this learner now."""
    return standing_of(learner).evidence(at=timezone.now())


def _file(standing: Standing, row: Row) -> None:
    match row.what:
        case "completed":
            standing.completions.append(row)
            if row.note in how.SAID:
                standing.remarkable.add(row.pk)
        case "awarded":
            standing.awards.append(row)
        case "pursued":
            assert row.reference is not None
            standing.pursued[row.subject_id] = row.reference
        case "refused":
            standing.refused.add(row.subject_id)
        case _:
            standing.recognitions.append(row)


def _rows(learner_ids: Collection[int]) -> Iterable[Row]:
    return map(Row._make, _LINES.rows(list(learner_ids)))


def _query(ids: Collection[int]) -> QuerySet[Any, Any]:
    queries = [
        _lines(
            Enrollment.objects.completed().filter(learner__in=ids),
            what=COMPLETED,
            subject_id="run__course",
            at="completed_at",
            grade="grade",
            number="edition",
            issuer_id="run__course__provider",
            note="completed_by",
        ),
        _lines(
            Award.objects.filter(learner__in=ids),
            what=AWARDED,
            subject_id="achievement",
            at="decided_at",
            grade="grade",
            until="expires_at",
            ended_at="revoked_at",
            number="number",
            reference="version",
            issuer_id="achievement__awarding_body",
            note="revocation_cause",
        ),
        *(
            _lines(
                Recognition.objects.standing().filter(
                    learner__in=ids, **{f"{subject}__isnull": False}
                ),
                what=subject,
                subject_id=subject,
                at="recognized_at",
                grade="grade",
                until="until",
                issuer_id="organization",
                note="level",
            )
            for subject in (COURSE_RECOGNIZED, SKILL_RECOGNIZED)
        ),
        _lines(
            Pursuit.objects.filter(learner__in=ids),
            what=PURSUED,
            subject_id="achievement",
            reference="version",
        ),
        _lines(
            Refusal.objects.filter(learner__in=ids, lifted_at=None),
            what=REFUSED,
            subject_id="achievement",
        ),
        _lines(RuleBook.objects.all(), what=STAMP, learner_id=None, number="stamp"),
    ]
    first, *others = queries
    return first.union(*others, all=True)


_EMPTY: dict[str, columns.Field[Any, Any]] = {
    "learner_id": columns.BigIntegerField(),
    "subject_id": columns.BigIntegerField(),
    "at": columns.DateTimeField(),
    "grade": columns.DecimalField(max_digits=5, decimal_places=2),
    "until": columns.DateTimeField(),
    "ended_at": columns.DateTimeField(),
    "number": columns.BigIntegerField(),
    "reference": columns.BigIntegerField(),
    "issuer_id": columns.BigIntegerField(),
    "note": columns.CharField(),
}


def _lines(rows: QuerySet[Any], *, what: str, **named: str | None) -> QuerySet[Any, Any]:
    """These rows as lines of the query, every column of the same type in each."""
    sources = {"learner_id": "learner_id"} | named
    values: dict[str, Any] = {"c_what": Value(what, output_field=columns.CharField())}
    for name in Row._fields[1:]:
        source = "pk" if name == "pk" else sources.get(name)
        if source is not None:
            values[f"c_{name}"] = F(source)
        else:
            empty: Any = "" if name == "note" else None
            values[f"c_{name}"] = Value(empty, output_field=_EMPTY[name])
    lines: QuerySet[Any, Any] = rows.order_by().annotate(**values).values_list(*values)
    return lines


_LINES = Prepared(_query)
