"""Everything that judging needs, of everyone, as arrays.

PostgreSQL sends rows of fixed width (COPY … BINARY), which are arrays already; SQLite is read row
by row.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models import fields as columns
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from catalog.models import LEVEL_RANK, Achievement, AchievementVersion, Course, CourseRun, RuleBook
from credentials.bulk.facts import NEVER, NO_GRADE, Array, moment
from credentials.bulk.world import COLUMNS, World
from credentials.models import Award, JudgementRequest, Pursuit, Recognition, Refusal
from credentials.rulebook import Book
from enrollment.models import Enrollment

_POSTGRES_EPOCH = moment(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
_FOREVER = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)

Source = tuple[str, type[models.Field[Any, Any]] | Q]
"""A column by its path, and how wide it is; or a condition."""

BIG, WHOLE, SMALL, TIME = (
    columns.BigIntegerField,
    columns.IntegerField,
    columns.SmallIntegerField,
    columns.DateTimeField,
)
GRADE = columns.DecimalField
LEVEL = columns.CharField

_WIDTHS: Mapping[Any, str] = {
    BIG: ">i8",
    WHOLE: ">i4",
    SMALL: ">i2",
    TIME: ">i8",
    GRADE: ">i2",
    LEVEL: ">i2",
}


def read_world() -> World:
    """All that stands now; what one query sees the next sees, too."""
    if connection.in_atomic_block:
        return _read()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _read()


def _read() -> World:
    completions = _completions()
    awards = read(
        Award.objects.all(),
        pk=("pk", BIG),
        learner=("learner", BIG),
        achievement=("achievement", WHOLE),
        version=("version", WHOLE),
        number=("number", WHOLE),
        at=("decided_at", TIME),
        grade=("grade", GRADE),
        until=("expires_at", TIME),
        is_revoked=("", Q(revoked_at__isnull=False)),
        has_fallen=("", Q(revocation_cause=Award.Cause.EVIDENCE)),
        is_by_hand=("", Q(granted_by__isnull=False)),
    )
    recognitions = read(
        Recognition.objects.standing(),
        pk=("pk", BIG),
        learner=("learner", BIG),
        course=("course", WHOLE),
        skill=("skill", WHOLE),
        level=("level", LEVEL),
        at=("recognized_at", TIME),
        grade=("grade", GRADE),
        until=("until", TIME),
        issuer=("organization", WHOLE),
    )
    named: dict[str, Any] = {"learner": ("learner", BIG), "achievement": ("achievement", WHOLE)}
    pursuits = read(Pursuit.objects.all(), **named, version=("version", WHOLE))
    refusals = read(Refusal.objects.filter(lifted_at=None), **named)
    due = read(JudgementRequest.objects.all(), learner=("learner", BIG))
    erased = read(User.objects.filter(erased_at__isnull=False), learner=("pk", BIG))
    tables = (completions, awards, recognitions, pursuits, refusals, due, erased)
    learners = _number_learners(tables)
    for name, rows in zip(COLUMNS, tables, strict=False):
        for column, dtype in COLUMNS[name].items():
            rows[column] = rows[column].astype(dtype, copy=False)
    return World(
        learners,
        completions,
        awards,
        recognitions,
        pursuits,
        refusals,
        **_rules(pursuits, awards),
        due=due["learner"],
        erased=erased["learner"],
    )


def _completions() -> dict[str, Array]:
    rows = read(
        Enrollment.objects.completed(),
        pk=("pk", BIG),
        learner=("learner", BIG),
        course=("run", WHOLE),
        at=("completed_at", TIME),
        grade=("grade", GRADE),
        edition=("edition", WHOLE),
    )
    # Looking courses up here is quicker than a join over all rows.
    runs = dict(CourseRun.objects.values_list("pk", "course"))
    courses = np.zeros(max(runs, default=0) + 1, dtype=np.int32)
    courses[list(runs)] = list(runs.values())
    rows["course"] = courses[rows["course"]]
    return rows


def _number_learners(tables: tuple[dict[str, Array], ...]) -> Array:
    """Put places for the numbers of learners, and return the number at each place."""
    most = max((int(rows["learner"].max(initial=0)) for rows in tables), default=0)
    is_there = np.zeros(most + 1, dtype=bool)
    for rows in tables:
        is_there[rows["learner"]] = True
    places = np.cumsum(is_there, dtype=np.int32) - 1
    for rows in tables:
        rows["learner"] = places[rows["learner"]]
    return np.flatnonzero(is_there)


def _rules(pursuits: Mapping[str, Array], awards: Mapping[str, Array]) -> dict[str, Any]:
    """What the rule book says of all that anybody has, and of all that can be earned."""
    book = Book()
    book.open(RuleBook.objects.values_list("stamp", flat=True).first() or 0)
    providers = dict(Course.objects.values_list("pk", "provider"))
    issuers = dict(Achievement.objects.values_list("pk", "awarding_body"))
    named = {*np.unique(pursuits["version"]).tolist(), *np.unique(awards["version"]).tolist()}
    in_force = dict(AchievementVersion.objects.current().values_list("achievement", "pk"))
    versions = named | set(in_force.values())
    book.learn(courses=providers, versions=versions)
    return {
        "rules": {pk: rule for pk in sorted(versions) if (rule := book.rule(pk)) is not None},
        "in_force": in_force,
        "courses": {pk: book.course(pk) for pk in providers},
        "providers": providers,
        "versions": {pk: book.version(pk) for pk in versions},
        "issuers": issuers,
        "equivalences": book.equivalences(),
    }


# --- Rows to arrays ------------------------------------------------------------------------------


def read(rows: QuerySet[Any], **sources: Source) -> dict[str, Array]:
    """These columns of the rows. 0 for what is empty; ``NEVER`` for a time, -1 for a grade."""
    if connection.vendor == "postgresql":
        return _copied(rows, sources)
    return _iterated(rows, sources)


def _copied(rows: QuerySet[Any], sources: Mapping[str, Source]) -> dict[str, Array]:
    values = {f"c_{name}": _expression(*source) for name, source in sources.items()}
    query = rows.order_by().annotate(**values).values_list(*values).query
    sql, params = query.get_compiler(connection=connection).as_sql()
    taken = _Taken(sources)
    # PostgreSQL sends row by row: they are gathered without a step of Python for each.
    file = io.BufferedWriter(taken, _Taken.PIECE)
    with connection.cursor() as cursor:
        said = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({said}) TO STDOUT (FORMAT binary)", file)
    file.flush()
    return taken.arrays()


def _expression(path: str, kind: Any) -> Any:
    """The column in a width that never changes, and never empty."""
    if kind is TIME:
        return Coalesce(F(path), Value(_FOREVER), output_field=TIME())
    found: Any
    if isinstance(kind, Q):
        found = Case(When(kind, then=Value(1)), default=Value(0), output_field=WHOLE())
    elif kind is GRADE:
        hundredths = Cast(F(path) * 100, output_field=WHOLE())
        found = Coalesce(hundredths, Value(NO_GRADE), output_field=WHOLE())
    elif kind is LEVEL:
        ranks = [When(**{path: level}, then=Value(rank)) for level, rank in LEVEL_RANK.items()]
        found = Case(*ranks, default=Value(0), output_field=WHOLE())
    else:
        found = Coalesce(F(path), Value(0), output_field=kind())
    return Cast(found, output_field=kind() if kind in (BIG, WHOLE) else SMALL())


class _Taken(io.RawIOBase):
    """What COPY writes, put into arrays piece by piece, so that it is never all in memory twice."""

    PIECE = 1 << 20
    HEADER, TRAILER = 19, 2

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._names = list(sources)
        self._times = [name for name, (_, kind) in sources.items() if kind is TIME]
        parts: list[tuple[str, str]] = [("columns", ">i2")]
        for name, (_, kind) in sources.items():
            width = ">i2" if isinstance(kind, Q) else _WIDTHS[kind]
            parts += [(f"length of {name}", ">i4"), (name, width)]
        self._row = np.dtype(parts)
        self._skipped = self.HEADER
        self._rest = b""
        self._parts: dict[str, list[Array]] = {name: [] for name in self._names}

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        said = self._rest + bytes(piece[self._skipped :])
        self._skipped = 0
        rows = np.frombuffer(said, self._row, count=len(said) // self._row.itemsize)
        for name in self._names:
            self._parts[name].append(rows[name].astype(rows[name].dtype.newbyteorder("=")))
        self._rest = said[rows.nbytes :]
        return len(piece)

    def arrays(self) -> dict[str, Array]:
        if len(self._rest) != self.TRAILER:
            raise ValueError("The rows are not as wide as was asked for.")
        found = {}
        for name in self._names:
            values = np.concatenate(self._parts.pop(name))
            if name in self._times:
                values += _POSTGRES_EPOCH
                values[values >= moment(_FOREVER)] = NEVER
            found[name] = values
        return found


def _iterated(rows: QuerySet[Any], sources: Mapping[str, Source]) -> dict[str, Array]:
    values = {
        f"c_{name}": Case(When(kind, then=Value(1)), default=Value(0))
        if isinstance(kind, Q)
        else F(path)
        for name, (path, kind) in sources.items()
    }
    lines = list(rows.order_by().annotate(**values).values_list(*values).iterator(10_000))
    found = {}
    for place, (name, (_, kind)) in enumerate(sources.items()):
        found[name] = np.array([_number(line[place], kind) for line in lines], dtype=np.int64)
    return found


def _number(value: Any, kind: Any) -> int:
    if kind is TIME:
        return NEVER if value is None else moment(value)
    if kind is GRADE:
        return NO_GRADE if value is None else int(value * 100)
    if kind is LEVEL:
        return LEVEL_RANK[value]
    return int(value or 0)
