"""From evidence to awards: judge the learners whose evidence has changed."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from catalog.judging import Support, judge
from catalog.models import AchievementVersion
from credentials import traces
from credentials.actions import taking
from credentials.evidence import Row, Standing, standings_of
from credentials.models import (
    Award,
    AwardEvidence,
    AwardTrace,
    JudgementRequest,
    Pursuit,
    Recognition,
)
from credentials.naming import Named
from credentials.renewing import evidence_since, has_news, is_due
from credentials.rulebook import Rule, Subject, book
from credentials.terms import expiry
from enrollment.models import Enrollment
from lib.inserting import insert_for_each

BATCH = 50


def request_judgement(*, learner_ids: Iterable[int], at: datetime.datetime) -> None:
    """Write the rows that say judging is due. Call it in the transaction that changes evidence."""
    JudgementRequest.objects.bulk_create(
        JudgementRequest(learner_id=learner_id, requested_at=at)
        for learner_id in sorted(set(learner_ids))
    )


@transaction.atomic
def judge_due(*, at: datetime.datetime) -> int:
    """Judge one batch of learners and return how many requests that were; 0 when none is due.

    Three queries, and those that write awards, whatever the number of rules.
    """
    learners = taking.learners_due(BATCH)
    # Whoever has had themselves erased is awarded nothing any more.
    if known := sorted({learner.pk for learner in learners if learner.erased_at is None}):
        judge_learners(known, at=at)
    return len(learners)


def judge_learners(learner_ids: Collection[int], *, at: datetime.datetime) -> list[Award]:
    """Award whatever these learners have newly earned, and what is stacked on that.

    Call it in a transaction, under the learners' locks: without them, two who judge at once
    would each miss what the other has just awarded.
    """
    made: list[_Made] = []
    for standing in standings_of(learner_ids).values():
        made += _earned(standing, at=at)
    return _write(made, at=at)


@dataclass
class _Made:
    """An award, not yet written, and what it rests on."""

    award: Award
    rule: Rule
    support: Support


def _earned(standing: Standing, *, at: datetime.datetime) -> list[_Made]:
    """Rounds from what the learner has to what that earns, until a round brings nothing new.

    By the newest versions as far as those go; then by one that the learner has joined, and on from
    there: what it earns may be what the newest version of something else asks for.
    """
    made: list[_Made] = []
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
                made.append(found)
                news |= _take_note(standing, found)
            subjects = news
        joined = _by_a_joined_version(standing, at=at)
        if joined is not None:
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


def _take_note(standing: Standing, made: _Made) -> set[Subject]:
    """The new award is evidence at once. It has no row yet: it goes by a number below zero."""
    award = made.award
    award.provisional_pk = -len(standing.awards) - 1  # type: ignore[attr-defined]
    standing.add(
        Row(
            what="awarded",
            learner_id=standing.learner_id,
            subject_id=award.achievement_id,
            pk=award.provisional_pk,  # type: ignore[attr-defined]
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


def _decide(rule: Rule, standing: Standing, *, at: datetime.datetime) -> _Made | None:
    """The award that the learner has earned by this rule, which is in force."""
    if rule.achievement_id in standing.refused:
        return None
    latest = standing.latest(rule.achievement_id)
    if latest is None or latest.note == Award.Cause.EVIDENCE:
        return _anew(rule, latest, standing, at=at)
    # What somebody has revoked is never awarded again by itself.
    return _renewal(rule, latest, standing, at=at) if is_due(latest, rule, at=at) else None


def _by_a_joined_version(standing: Standing, *, at: datetime.datetime) -> _Made | None:
    """The first award, by achievement, that the learner has earned by a version before."""
    for achievement_id, version_id in sorted(standing.pursued.items()):
        rule = book.rule(version_id)
        latest = standing.latest(achievement_id)
        if rule is None or rule.is_current or achievement_id in standing.refused:
            continue
        if latest is None or latest.note == Award.Cause.EVIDENCE:
            found = _anew(rule, latest, standing, at=at)
            if found is not None:
                return found
    return None


def _anew(
    rule: Rule, fallen: Row | None, standing: Standing, *, at: datetime.datetime
) -> _Made | None:
    evidence = standing.evidence(at=at, equivalents=not rule.is_of_a_course)
    support = judge(rule.tree, evidence, at=at)
    return _made(rule, support, standing, at=at, after=fallen) if support else None


def _renewal(rule: Rule, latest: Row, standing: Standing, *, at: datetime.datetime) -> _Made | None:
    support = judge(rule.tree, evidence_since(latest, rule, standing, at=at), at=at)
    if support is None or not has_news(latest, support):
        return None
    return _made(rule, support, standing, at=at, after=latest)


def _made(
    rule: Rule,
    support: Support,
    standing: Standing,
    *,
    at: datetime.datetime,
    after: Row | None = None,
) -> _Made:
    # Who renews early loses nothing of the term that is left.
    term_starts = max(at, after.until) if after and after.until and not after.ended_at else at
    award = Award(
        learner_id=standing.learner_id,
        achievement_id=rule.achievement_id,
        version_id=rule.version_id,
        number=after.number + 1 if after else 1,
        renews_id=after.pk if after else None,
        grade=support.grade,
        decided_at=at,
        expires_at=expiry(rule, term_starts),
        due_at=at,
    )
    return _Made(award, rule, support)


def _write(made: list[_Made], *, at: datetime.datetime) -> list[Award]:
    """Awards, their evidence and their traces: three statements, however many."""
    awards = Award.objects.bulk_create([one.award for one in made])
    known = {
        (award.learner_id, award.provisional_pk): award.pk  # type: ignore[attr-defined]
        for award in awards
    }
    rows: list[AwardEvidence] = []
    documents: list[AwardTrace] = []
    for one in made:
        support = traces.settled(one.support, known, learner_id=one.award.learner_id)
        rows += traces.evidence_rows(one.award, support)
        documents.append(traces.trace(one.award, one.rule, support))
    AwardEvidence.objects.bulk_create(rows)
    AwardTrace.objects.bulk_create(documents)
    return awards


# --- Who is to be judged -----------------------------------------------------------------------


def request_for_rule(*, version: AchievementVersion, at: datetime.datetime) -> None:
    """Judge everyone who has any of the evidence that a newly published rule names."""
    named = Named.by(version)
    insert_for_each(JudgementRequest, "learner", _union(_with_evidence_for(named)), requested_at=at)


def request_for_courses(*, course_ids: Collection[int], at: datetime.datetime) -> None:
    """Judge everyone who has completed one of these."""
    completed = Enrollment.objects.completed().filter(run__course__in=course_ids)
    insert_for_each(JudgementRequest, "learner", _union([completed]), requested_at=at)


def keep_under_way(*, version: AchievementVersion, at: datetime.datetime) -> None:
    """Let everyone who is under way by the version before this one go on by that.

    Also who has evidence for what that stands on: it may be about to become an award.
    """
    before = (
        AchievementVersion.objects.published()
        .filter(achievement=version.achievement_id, number__lt=version.number)
        .order_by("-number")
        .first()
    )
    if before is None:
        return
    insert_for_each(
        Pursuit,
        "learner",
        _under_way(before),
        achievement=version.achievement_id,
        version=before.pk,
        joined_at=at,
        is_chosen=False,
    )


def under_way(
    versions: Collection[AchievementVersion], *, in_force: Collection[int]
) -> dict[int, int]:
    """How many learners are on the way to the award of each of these by it, by primary key.

    By a version in force it is whoever has anything of it and is not awarded yet; by another one,
    who has kept it.
    """
    pks = [version.pk for version in versions]
    rows = Pursuit.objects.without_award().filter(version__in=pks).order_by().values_list("version")
    kept = dict(rows.annotate(Count("learner")))
    return {
        version.pk: _under_way(version).count()
        if version.pk in in_force
        else kept.get(version.pk, 0)
        for version in versions
    }


def _under_way(version: AchievementVersion) -> QuerySet[Any, Any]:
    """Who has, or is about to have, any of the evidence that its rule names, and no award."""
    named = Named.by(version).with_all_below()
    taking_part = Enrollment.objects.active().filter(run__course__in=named.courses)
    done = Award.objects.filter(
        achievement=version.achievement_id, learner=OuterRef("learner")
    ).exclude(revocation_cause=Award.Cause.EVIDENCE)
    sources = (source.filter(~Exists(done)) for source in (taking_part, *_with_evidence_for(named)))
    return _union(sources)


def _with_evidence_for(named: Named) -> list[QuerySet[Any]]:
    """Rows of the learners who have any evidence of these."""
    held = Award.objects.standing()
    sources: list[tuple[QuerySet[Any], str, Collection[int]]] = [
        (Enrollment.objects.completed(), "run__course", named.courses),
        (held, "achievement", named.achievements),
        (held, "version__version_skills__skill", named.skills),
        (Recognition.objects.standing(), "course", named.courses),
        (Recognition.objects.standing(), "skill", named.skills),
    ]
    return [rows.filter(**{f"{path}__in": pks}) for rows, path, pks in sources if pks]


def _union(sources: Iterable[QuerySet[Any]]) -> QuerySet[Any, Any]:
    """Their learners, each once."""
    first, *others = (rows.order_by().values("learner") for rows in sources)
    found: QuerySet[Any, Any] = first.union(*others) if others else first.distinct()
    return found
