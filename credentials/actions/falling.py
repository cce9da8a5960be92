"""Which awards no longer stand on what a learner has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from catalog.judging import Fact, judge, qualifying, satisfying
from catalog.rules import Group, numbered
from credentials import traces
from credentials.evidence import Row, Standing, standings_of
from credentials.models import Award, AwardTrace
from credentials.renewing import evidence_since
from credentials.rulebook import Rule, book
from enrollment.models import Enrollment


def fallen(learner_ids: Collection[int], *, gone: Collection[int] = ()) -> list[Award]:
    """The learners' awards by rule that do not stand on what there is, without those ``gone``.

    An award stands as long as the rule is met, as of the moment when it was decided, by evidence
    that has not been taken back: that recorded, or other. Awards that only hold up each other
    fall. That a fact has grown old or has expired since takes no award away.

    A few queries, however many learners.
    """
    return _fallen(standings_of(learner_ids), gone=gone)


def fallen_if(*, enrollment: Enrollment, grade: Decimal | None, undone: bool) -> list[Award]:
    """What would fall if the completion were ``undone``, or else had this grade.

    The awards that rest on it alone would have its grade, too.
    """
    standing = standings_of([enrollment.learner_id])[enrollment.learner_id]
    if undone:
        standing.completions = [row for row in standing.completions if row.pk != enrollment.pk]
    else:
        alone = set(Award.objects.resting_alone_on(enrollment).values_list("pk", flat=True))
        standing.completions = [
            row._replace(grade=grade) if row.pk == enrollment.pk else row
            for row in standing.completions
        ]
        standing.awards = [
            row._replace(grade=grade) if row.pk in alone else row for row in standing.awards
        ]
    return _fallen({enrollment.learner_id: standing})


def _fallen(standings: Mapping[int, Standing], *, gone: Collection[int] = ()) -> list[Award]:
    awards: defaultdict[int, list[Award]] = defaultdict(list)
    for award in (
        Award.objects.standing()
        .filter(learner__in=standings)
        .exclude(pk__in=gone)
        .select_related("version", "trace")
        .order_by("pk")
    ):
        awards[award.learner_id].append(award)
    return [
        award
        for learner_id, of_one in awards.items()
        for award in _falling(of_one, standings[learner_id], gone=gone)
    ]


def _falling(awards: Sequence[Award], standing: Standing, *, gone: Collection[int]) -> list[Award]:
    """Of one learner's awards those that fall, the lowest first.

    Built up from what rests on no award: each may rest on those of which it is known already.
    """
    found: list[Award] = []
    unknown = [award for award in awards if award.granted_by_id is None]
    while unknown:
        before = len(unknown)
        for award in list(unknown):
            fallen = {one.pk for one in found}
            lost = {*gone, *fallen, *(one.pk for one in unknown)}
            renewed = _renewed_by(award, standing, fallen=fallen)
            if _stands(award, standing, renewed=renewed, lost=lost):
                unknown.remove(award)
        if len(unknown) == before:
            # What renewed it is looked at again without it.
            found.append(unknown.pop(0))
    return found


def _renewed_by(award: Award, standing: Standing, *, fallen: Collection[int]) -> Row | None:
    """The award that this one renews: the last before it that has not fallen."""
    before = (
        row
        for row in standing.awards
        if row.subject_id == award.achievement_id
        and row.number < award.number
        and row.note != Award.Cause.EVIDENCE
        and row.pk not in fallen
    )
    return max(before, key=lambda row: row.number, default=None)


def _stands(
    award: Award, standing: Standing, *, renewed: Row | None, lost: Collection[int]
) -> bool:
    """Without the awards that are ``lost``."""
    rule = book.rule(award.version_id)
    if rule is None:
        return False
    since = renewed.at if renewed else None
    recorded = _still_there(award, rule, standing, lost=lost)
    if satisfying(rule.tree, recorded, since=since) is not None:
        return True
    at = award.decided_at
    if renewed is None:
        evidence = standing.evidence(at=at, equivalents=not rule.is_of_a_course, without=lost)
    else:
        # What was done for one term is not good for the next.
        evidence = evidence_since(renewed, rule, standing, at=at, without=lost)
    return judge(rule.tree, evidence, at=at, since=since) is not None


def _still_there(
    award: Award, rule: Rule, standing: Standing, *, lost: Collection[int]
) -> dict[int, list[Fact]]:
    """What it was decided by, by leaf, as far as that has not been taken back.

    Worth what it was worth then: a course that was shortened takes nothing away.
    """
    evidence = standing.evidence(at=award.decided_at, equivalents=not rule.is_of_a_course)
    nodes = dict(numbered(rule.tree))
    met: dict[int, list[Fact]] = {}
    for number, fact in _recorded(award).items():
        leaf = nodes[number]
        assert not isinstance(leaf, Group)
        is_lost = fact.kind == "award" and fact.pk in lost
        there = qualifying(leaf, evidence, at=award.decided_at)
        if not is_lost and any((now.kind, now.pk) == (fact.kind, fact.pk) for now in there):
            met[number] = [fact]
    return met


def _recorded(award: Award) -> dict[int, Fact]:
    try:
        return traces.facts_of(award.trace)
    except AwardTrace.DoesNotExist:
        return {}
