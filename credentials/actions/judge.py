"""From evidence to awards: judge the learners whose evidence has changed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from django.db import transaction

from catalog.judging import Support, judge
from credentials import traces
from credentials.actions import taking
from credentials.due import Learner
from credentials.evidence import Row, Standing, standings_of
from credentials.models import (
    Award,
    AwardEvidence,
    AwardTrace,
)
from credentials.renewing import evidence_since, is_due
from credentials.rulebook import Rule, Subject, book
from credentials.terms import expiry
from lib import ids, rows
from lib.prepared import together

BATCH = 50


@transaction.atomic
def judge_due(*, at: datetime.datetime) -> int:
    """Judge one batch of learners and return how many requests that were; 0 when none is due.

    Three queries, the one that writes awards among them, whatever the number of rules.
    """
    learners, decided = decide_due(at=at)
    write(decided)
    return len(learners)


def decide_due(*, at: datetime.datetime) -> tuple[list[Learner], list[Decided]]:
    """The learners of one batch of requests, which are done with, and what they have newly earned.

    The awards have primary keys and are not yet written: do so in the same transaction, under the
    learners' locks. Without them, two who judge at once would each miss what the other has just
    awarded.
    """
    learners = taking.learners_due(BATCH)
    # Whoever has had themselves erased is awarded nothing any more.
    known = sorted({learner.pk for learner in learners if learner.erased_at is None})
    if not known:
        return learners, []
    standings = standings_of(known).values()
    pks = ids.following(Award)
    return learners, [one for standing in standings for one in _earned(standing, pks, at=at)]


@dataclass
class Decided:
    """An award, not yet written, and what it rests on."""

    award: Award
    rule: Rule
    support: Support
    is_usual: bool
    """Nothing is to be said of how it came about."""


def _earned(standing: Standing, pks: Iterator[int], *, at: datetime.datetime) -> list[Decided]:
    """Rounds from what the learner has to what that earns, until a round brings nothing new.

    By the newest versions as far as those go; then by one that the learner has joined, and on from
    there: what it earns may be what the newest version of something else asks for.
    """
    made: list[Decided] = []
    subjects = _subjects(standing, at=at)
    seen: set[int] = set()
    while subjects:
        while subjects:
            news: set[Subject] = set()
            for rule in book.naming(subjects):
                if rule.achievement_id in seen:
                    continue
                found = _decide(rule, standing, at=at)
                if found is None:
                    continue
                seen.add(rule.achievement_id)
                found.award.pk = next(pks)
                made.append(found)
                news |= _take_note(standing, found)
            subjects = news
        joined = _by_a_joined_version(standing, at=at)
        if joined is not None:
            joined.award.pk = next(pks)
            made.append(joined)
            seen.add(joined.award.achievement_id)
            subjects = _take_note(standing, joined)
    return made


def _subjects(standing: Standing, *, at: datetime.datetime) -> set[Subject]:
    """What rules may name of all that the learner has."""
    evidence = standing.evidence(at=at)
    return {
        *(("course", pk) for pk in evidence.completions),
        *(("achievement", pk) for pk in evidence.awards),
        *(("skill", pk) for pk in evidence.skills),
    }


def _take_note(standing: Standing, made: Decided) -> set[Subject]:
    """The new award is evidence at once, though it has no row yet."""
    award = made.award
    standing.add(
        Row(
            what="awarded",
            learner_id=standing.learner_id,
            subject_id=award.achievement_id,
            pk=award.pk,
            at=award.decided_at,
            grade=award.grade,
            until=award.expires_at,
            number=award.number,
            reference=award.version_id,
            issuer_id=made.rule.issuer_id,
        )
    )
    skills = {("skill", skill_id) for skill_id, _ in book.version(award.version_id).skills}
    return {("achievement", award.achievement_id), *skills}


def _decide(rule: Rule, standing: Standing, *, at: datetime.datetime) -> Decided | None:
    """The award that the learner has earned by this rule, which is in force."""
    if rule.achievement_id in standing.refused:
        return None
    latest = standing.latest(rule.achievement_id)
    if latest is None:
        return _anew(rule, standing, at=at)
    # What somebody has revoked is never awarded again by itself.
    return _renewal(rule, latest, standing, at=at) if is_due(latest, rule, at=at) else None


def _by_a_joined_version(standing: Standing, *, at: datetime.datetime) -> Decided | None:
    """The first award, by achievement, that the learner has earned by a version before."""
    for achievement_id, version_id in sorted(standing.pursued.items()):
        rule = book.rule(version_id)
        if rule is None or rule.is_current or achievement_id in standing.refused:
            continue
        if standing.latest(achievement_id) is None:
            found = _anew(rule, standing, at=at)
            if found is not None:
                return found
    return None


def _anew(rule: Rule, standing: Standing, *, at: datetime.datetime) -> Decided | None:
    evidence = standing.evidence(at=at, equivalents=not rule.is_of_a_course)
    support = judge(rule.tree, evidence, at=at)
    return _made(rule, support, standing, at=at) if support else None


def _renewal(
    rule: Rule, latest: Row, standing: Standing, *, at: datetime.datetime
) -> Decided | None:
    evidence = evidence_since(latest, rule, standing, at=at)
    # Unchanged through and through, it still takes something new to be renewed.
    support = judge(rule.tree, evidence, at=at, since=latest.at)
    if support is None:
        return None
    assert latest.until is not None
    # Who renews early loses nothing of the term that is left.
    return _made(rule, support, standing, at=at, term_starts=max(at, latest.until))


def _made(
    rule: Rule,
    support: Support,
    standing: Standing,
    *,
    at: datetime.datetime,
    term_starts: datetime.datetime | None = None,
) -> Decided:
    after = standing.last_made(rule.achievement_id)
    award = Award(
        learner_id=standing.learner_id,
        achievement_id=rule.achievement_id,
        version_id=rule.version_id,
        number=after.number + 1 if after else 1,
        renews_id=after.pk if after else None,
        grade=support.grade,
        decided_at=at,
        expires_at=expiry(rule, term_starts or at),
        due_at=at,
    )
    is_usual = all(
        fact.kind == "award" or (fact.kind == "completion" and fact.pk not in standing.remarkable)
        for fact in support.leaves.values()
    )
    return Decided(award, rule, support, is_usual)


def write(decided: list[Decided]) -> None:
    """Awards, their evidence and their traces."""
    with together():
        rows.insert(Award, _AWARD, [_award_row(one.award) for one in decided])
        evidence = [row for one in decided for row in traces.evidence_rows(one.award, one.support)]
        rows.insert(AwardEvidence, traces.EVIDENCE, evidence)
        rows.insert(
            AwardTrace,
            traces.TRACE,
            [traces.trace_row(one.award, one.rule, one.support) for one in decided],
        )


_AWARD = tuple(field.attname for field in Award._meta.concrete_fields)
_award_row = attrgetter(*_AWARD)
