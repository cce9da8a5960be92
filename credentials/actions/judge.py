"""From evidence to awards: judge the learners whose evidence has changed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from catalog import rules
from catalog.judging import Evidence, Fact, Support, judge
from catalog.models import AchievementVersion, CourseRun, RuleNode
from credentials.models import Award, AwardEvidence, JudgementRequest
from enrollment.models import Enrollment

BATCH = 50


def request_judgement(*, learner_ids: Iterable[int], at: datetime.datetime) -> None:
    """Write the rows that say judging is due. Call it in the transaction that changes evidence."""
    JudgementRequest.objects.bulk_create(
        JudgementRequest(learner_id=learner_id, requested_at=at)
        for learner_id in sorted(set(learner_ids))
    )


@transaction.atomic
def judge_due(*, at: datetime.datetime) -> int:
    """Judge one batch of learners and return how many requests that served; 0 when none is due."""
    requests = list(
        JudgementRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:BATCH]
    )
    learner_ids = sorted({request.learner_id for request in requests})
    # Under the learner's lock, in one order for all workers: two requests of one learner served
    # by two workers would each miss what the other has just awarded. NO KEY, so that rows which
    # merely refer to the learner can go on being written.
    list(
        User.objects.select_for_update(no_key=True)
        .filter(pk__in=learner_ids)
        .order_by("pk")
        .values_list("pk")
    )
    if learner_ids:
        _judge_learners(learner_ids, at=at)
        JudgementRequest.objects.filter(pk__in=[request.pk for request in requests]).delete()
    return len(requests)


def _judge_learners(learner_ids: list[int], *, at: datetime.datetime) -> None:
    """Award whatever is newly earned, and what is stacked on that, until nothing changes."""
    completions, held = evidence_of(learner_ids)
    changed_courses = {course for of_learner in completions.values() for course in of_learner}
    changed_achievements = {a for of_learner in held.values() for a in of_learner}
    while changed_courses or changed_achievements:
        candidates = _rules_naming(changed_courses, changed_achievements)
        changed_courses, changed_achievements = set(), set()
        ever_awarded = set(
            Award.objects.filter(learner__in=learner_ids).values_list(
                "learner_id", "achievement_id"
            )
        )
        for version, tree in candidates:
            for learner_id in learner_ids:
                # An award that was revoked is never made again by itself.
                if (learner_id, version.achievement_id) in ever_awarded:
                    continue
                evidence = Evidence(completions[learner_id], held[learner_id])
                support = judge(tree, evidence, at=at)
                if support is None:
                    continue
                award = _award(learner_id, version, support, at=at)
                ever_awarded.add((learner_id, version.achievement_id))
                held[learner_id][version.achievement_id] = [
                    Fact(award.pk, at, award.grade, version.workload_minutes)
                ]
                changed_achievements.add(version.achievement_id)


Facts = dict[int, dict[int, list[Fact]]]


def evidence_of(learner_ids: Iterable[int]) -> tuple[Facts, Facts]:
    """By learner: completions by course, and standing awards by achievement; newest first."""
    learner_ids = list(learner_ids)
    completions: Facts = defaultdict(lambda: defaultdict(list))
    for row in (
        Enrollment.objects.completed()
        .filter(learner__in=learner_ids)
        .annotate(course_id=F("run__course"), minutes=Sum("run__course__units__minutes"))
        .order_by("-completed_at", "-pk")
        .values_list("learner_id", "course_id", "pk", "completed_at", "grade", "minutes")
    ):
        learner_id, course_id, *fact = row
        completions[learner_id][course_id].append(Fact(*fact))
    awards: Facts = defaultdict(lambda: defaultdict(list))
    for row in (
        Award.objects.standing()
        .filter(learner__in=learner_ids)
        .order_by("-decided_at", "-pk")
        .values_list(
            "learner_id",
            "achievement_id",
            "pk",
            "decided_at",
            "grade",
            "version__workload_minutes",
        )
    ):
        learner_id, achievement_id, *fact = row
        awards[learner_id][achievement_id].append(Fact(*fact))
    return completions, awards


def _rules_naming(
    course_ids: set[int], achievement_ids: set[int]
) -> list[tuple[AchievementVersion, rules.Node]]:
    """The current versions with a leaf that names one of these, each with its whole rule."""
    touched = RuleNode.objects.filter(course__in=course_ids) | RuleNode.objects.filter(
        achievement__in=achievement_ids
    )
    versions = (
        AchievementVersion.objects.current()
        .filter(pk__in=touched.values("version"))
        .prefetch_related("rule_nodes")
        .order_by("pk")
    )
    return [(version, tree) for version in versions if (tree := rules.load(version))]


def _award(
    learner_id: int, version: AchievementVersion, support: Support, *, at: datetime.datetime
) -> Award:
    award = Award.objects.create(
        learner_id=learner_id,
        achievement_id=version.achievement_id,
        version=version,
        grade=support.grade,
        decided_at=at,
        due_at=at,
    )
    AwardEvidence.objects.bulk_create(
        [
            *(AwardEvidence(award=award, enrollment_id=fact.pk) for fact in support.completions),
            *(AwardEvidence(award=award, supporting_award_id=fact.pk) for fact in support.awards),
        ]
    )
    return award


def request_for_rule(*, version: AchievementVersion, at: datetime.datetime) -> None:
    """Judge everyone who has any of the evidence that a newly published rule names."""
    tree = rules.load(version)
    if tree is None:
        return
    found = list(rules.leaves(tree))
    runs = CourseRun.objects.filter(
        course__in=[leaf.course_id for leaf in found if isinstance(leaf, rules.CourseLeaf)]
    )
    completed = Enrollment.objects.completed().filter(run__in=runs)
    held = Award.objects.standing().filter(
        achievement__in=[
            leaf.achievement_id for leaf in found if isinstance(leaf, rules.AchievementLeaf)
        ]
    )
    learner_ids = {
        *completed.values_list("learner_id", flat=True),
        *held.values_list("learner_id", flat=True),
    }
    request_judgement(learner_ids=learner_ids, at=at)
