"""Which awards do not stand on their recorded evidence alone, and have to be looked at closer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np

from catalog.rules import CourseLeaf, Group, Leaf, numbered
from credentials.bulk.facts import Array, moment, months_later
from credentials.bulk.reading import BIG, WHOLE, read
from credentials.bulk.world import Table, World, ways
from credentials.models import AwardEvidence

_NODES = 1 << 12
"""More than a rule can have."""


def evidence_in_doubt(world: World, *, which: Array) -> Array:
    """The rows, among the awards ``which``, of those without evidence or with some that changed.

    Rather one too many: what is in doubt is judged one by one.
    """
    rows = read(
        AwardEvidence.objects.filter(award__revoked_at=None),
        award=("award", BIG),
        node=("node_number", WHOLE),
        enrollment=("enrollment", BIG),
        supporting=("supporting_award", BIG),
        recognition=("recognition", BIG),
    )
    of = _row_of(world.awards, rows["award"])
    limits, holds, leaf = _leaves(world, world.awards["version"][of], rows["node"])
    for kind, table in (
        ("enrollment", world.completions),
        ("supporting", world.awards),
        ("recognition", world.recognitions),
    ):
        here = np.flatnonzero(rows[kind])
        fact = _row_of(table, rows[kind][here])
        is_there = fact >= 0
        here, fact = here[is_there], fact[is_there]
        stands = np.zeros(len(holds), dtype=bool)
        stands[here] = _keeps(
            world, table, fact, limits, leaf[here], decided=world.awards["at"][of[here]]
        )
        holds &= stands | (rows[kind] == 0)
    sound = np.bincount(of, minlength=len(which)) > 0
    sound[of[~holds]] = False
    return np.flatnonzero(which & ~sound)


def _row_of(table: Table, pks: Array) -> Array:
    """Where the rows of these numbers are; -1 where there is none."""
    most = max(int(table["pk"].max(initial=0)), int(pks.max(initial=0)))
    rows = np.full(most + 1, -1, dtype=np.int32)
    rows[table["pk"]] = np.arange(len(table["pk"]), dtype=np.int32)
    found: Array = rows[pks]
    return found


class _Limits:
    """A column for what each leaf of all rules asks."""

    def __init__(self, leaves: list[Leaf]) -> None:
        self.course = np.array(
            [leaf.course_id if isinstance(leaf, CourseLeaf) else 0 for leaf in leaves], dtype=int
        )
        self.grade = np.array([int((leaf.min_grade or -1) * 100) for leaf in leaves], dtype=int)
        self.months = np.array([leaf.max_age_months or 0 for leaf in leaves], dtype=int)
        self.issuer = np.array([leaf.issuer_id or 0 for leaf in leaves], dtype=int)
        self.has_any = (self.grade >= 0) | (self.months > 0) | (self.issuer > 0)


def _leaves(world: World, versions: Array, nodes: Array) -> tuple[_Limits, Array, Array]:
    """What leaves ask; of each row, whether its rule has such a leaf, and which that is."""
    known = [
        (rule.version_id * _NODES + number, node)
        for rule in world.rules.values()
        for number, node in numbered(rule.tree)
        if not isinstance(node, Group)
    ]
    known.sort(key=lambda pair: pair[0])
    codes = np.array([code for code, _ in known], dtype=np.int64)
    wanted = versions.astype(np.int64) * _NODES + nodes
    places = np.searchsorted(codes, wanted).clip(max=max(len(codes) - 1, 0))
    is_known = codes[places] == wanted if len(codes) else np.zeros(len(wanted), dtype=bool)
    return _Limits([leaf for _, leaf in known]), is_known, places


def _keeps(
    world: World, table: Table, fact: Array, limits: _Limits, leaf: Array, *, decided: Array
) -> Array:
    """Whether each fact, as it is now, still does for its leaf."""
    kept = np.ones(len(fact), dtype=bool)
    if table is world.awards:
        kept &= ~table["is_revoked"][fact]
        issuers = _looked_up(world.issuers, table["achievement"][fact])
    else:
        course = table["course"][fact]
        is_completed = table is world.completions
        issuers = _looked_up(world.providers, course) if is_completed else table["issuer"][fact]
        asked = limits.course[leaf]
        is_other = (asked > 0) & (asked != course)
        kept &= ~is_other | _counts(world, course, asked, table["at"][fact], is_other)
    if "until" in table:
        kept &= table["until"][fact] > decided
    some = np.flatnonzero(limits.has_any[leaf])
    asked, fact = leaf[some], fact[some]
    kept[some] &= (
        (table["grade"][fact] >= limits.grade[asked])
        & (
            (limits.months[asked] == 0)
            | (table["at"][fact] >= months_later(decided[some], -limits.months[asked]))
        )
        & ((limits.issuer[asked] == 0) | (limits.issuer[asked] == issuers[some]))
    )
    return kept


def _looked_up(values: Mapping[int, int], keys: Array) -> Array:
    found = np.zeros(max(values, default=0) + 1, dtype=np.int64)
    found[list(values)] = list(values.values())
    looked_up: Array = found[keys]
    return looked_up


def _counts(world: World, course: Array, asked: Array, at: Array, which: Array) -> Array:
    """Of the rows ``which``: whether one course, completed then, counts as the other."""
    found = np.zeros(len(course), dtype=bool)
    if which.any():
        for counts_as, coming in ways(world.equivalences).items():
            for one, day in coming:
                midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
                found |= which & (course == one) & (asked == counts_as) & (at >= moment(midnight))
    return found
