"""Who is to be judged: rows that say so, written with what makes it due."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from catalog.models import AchievementVersion
from credentials.models import Award, JudgementRequest, Pursuit, Recognition
from credentials.naming import Named
from enrollment.models import Enrollment
from lib.inserting import insert_for_each


def request_judgement(*, learner_ids: Iterable[int], at: datetime.datetime) -> None:
    """Write the rows that say judging is due. Call it in the transaction that changes evidence."""
    JudgementRequest.objects.bulk_create(
        JudgementRequest(learner_id=learner_id, requested_at=at)
        for learner_id in sorted(set(learner_ids))
    )


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
