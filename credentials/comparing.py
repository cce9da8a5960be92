"""Whether the traces of awards say what the rows of this site say.

``credentials.checking`` judges a trace by itself; whoever forges one well enough to satisfy that
still disagrees with the rows. What has been changed since by a correction that is on record is no
disagreement: then the award stands or falls by ``credentials.actions.revoke``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.models import (
    LEVEL_RANK,
    AchievementVersion,
    AchievementVersionSkill,
    Equivalence,
    RuleNode,
)
from catalog.rules.measuring import hundredths
from credentials import checking, traces
from credentials.models import Award, AwardEvidence, AwardTrace, Recognition
from enrollment.models import Correction, Enrollment

BATCH = 500
_REGRADED = [Correction.Kind.GRADED, Correction.Kind.RESULTS]


def disagreements(awards: QuerySet[Award]) -> Iterator[tuple[Award, list[str]]]:
    """The awards by rule whose trace is missing, does not hold up, or is not what the rows say.

    Some queries for each 500 awards, however many rules and facts there are.
    """
    by_rule = awards.filter(granted_by=None).order_by("pk")
    last = 0
    while some := list(by_rule.filter(pk__gt=last).select_related("trace")[:BATCH]):
        last = some[-1].pk
        compared = _Compared(some)
        for award in some:
            if found := compared.faults(award):
                yield award, found


def faults_of(award: Award) -> list[str]:
    """Those of one award, which is of a rule."""
    return _Compared([award]).faults(award)


@dataclass
class _Known:
    """What the row of a fact says; ``worths`` are those that it has had."""

    learner_id: int
    columns: dict[str, Any]
    is_of_it: bool
    worths: set[tuple[int, int]]


class _Compared:
    """All rows that the traces of these awards can speak of."""

    def __init__(self, awards: Collection[Award]) -> None:
        evidence = AwardEvidence.objects.filter(award__in=awards)
        self.evidence: defaultdict[int, list[AwardEvidence]] = defaultdict(list)
        for row in evidence:
            self.evidence[row.award_id].append(row)
        self.completions = {
            row.pk: row
            for row in Enrollment.objects.filter(evidence_for__in=evidence)
            .select_related("run__course")
            .distinct()
        }
        corrections = Correction.objects.filter(enrollment__in=self.completions)
        self.undone = set(
            corrections.filter(undoes__isnull=False).values_list("enrollment", flat=True)
        )
        self.regraded = set(
            corrections.filter(kind__in=_REGRADED).values_list("enrollment", flat=True)
        )
        self.awards = {
            row.pk: row
            for row in Award.objects.filter(evidence_for__in=evidence)
            .select_related("achievement")
            .distinct()
        }
        self.restated = set(
            AwardEvidence.objects.filter(
                award__in=self.awards, enrollment__corrections__kind__in=_REGRADED
            ).values_list("award", flat=True)
        )
        self.recognitions = {
            row.pk: row for row in Recognition.objects.filter(evidence_for__in=evidence).distinct()
        }
        self.rules: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for node in RuleNode.objects.filter(
            version__in={award.version_id for award in awards}
        ).order_by("number"):
            self.rules[node.version_id].append(_columns(node))
        self._read_worth()
        self.counting_as: defaultdict[int, set[int]] = defaultdict(set)
        for course_id, other in Equivalence.objects.values_list("course", "counts_as"):
            self.counting_as[course_id].add(other)

    def _read_worth(self) -> None:
        """What courses have been worth, by any version, and what versions are and prove."""
        courses = {row.run.course_id for row in self.completions.values()}
        courses |= {row.course_id for row in self.recognitions.values() if row.course_id}
        self.course_worth: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        versions = AchievementVersion.objects.published()
        for course_id, minutes, ects in versions.filter(
            achievement__course__in=courses
        ).values_list("achievement__course", "workload_minutes", "ects"):
            self.course_worth[course_id].add((minutes, hundredths(ects)))
        own = {row.version_id for row in self.awards.values()}
        self.version_worth = {
            pk: (minutes, hundredths(ects))
            for pk, minutes, ects in versions.filter(pk__in=own).values_list(
                "pk", "workload_minutes", "ects"
            )
        }
        self.proved = {
            (version_id, skill_id): LEVEL_RANK[level]
            for version_id, skill_id, level in AchievementVersionSkill.objects.filter(
                version__in=own
            ).values_list("version", "skill", "level")
        }

    def faults(self, award: Award) -> list[str]:
        try:
            trace = award.trace
        except AwardTrace.DoesNotExist:
            return ["There is no trace."]
        if found := checking.faults(trace.document, trace.digest):
            return found
        try:
            return list(self._differences(award, trace))
        except checking.UNREADABLE as error:
            return [f"The document cannot be read: {error!r}."]

    def _differences(self, award: Award, trace: AwardTrace) -> Iterator[str]:
        said = json.loads(trace.document)
        known = {
            "evaluator": trace.evaluator,
            "award": str(award.public_id),
            "learner": award.learner_id,
            "achievement": award.achievement_id,
            "version": award.version_id,
            "number": award.number,
            "decided_at": award.decided_at,
        }
        for name, value in traces.said(known).items():
            if said.get(name) != value:
                yield f"The trace has another {name}: {said.get(name)}."
        if said.keys() != {*known, "rule", "evidence"}:
            yield "The trace says more, or less, than it should."
        if said["rule"] != self.rules[award.version_id]:
            yield "The rule is not that of the version."
            return
        facts = {(fact["leaf"], fact["kind"], fact["pk"]): fact for fact in said["evidence"]}
        rows = {(row.node_number, *_kind_and_pk(row)): row for row in self.evidence[award.pk]}
        if facts.keys() != rows.keys():
            yield "The evidence is not that on record."
            return
        yield from self._grade_differences(award, {(kind, pk) for _, kind, pk in facts})
        for (leaf, kind, pk), fact in facts.items():
            for difference in self._fact_differences(award, said["rule"][leaf], fact):
                yield f"The {kind} {pk} at leaf {leaf} {difference}"

    def _grade_differences(self, award: Award, facts: set[tuple[str, int]]) -> Iterator[str]:
        """An award states the grade of the only completion or recognition that it rests on."""
        grade = None
        match list(facts):
            case [("completion", pk)]:
                # What stands on other evidence by now goes on stating what it was awarded for.
                if pk in self.undone:
                    return
                grade = self.completions[pk].grade
            case [("recognition", pk)]:
                grade = self.recognitions[pk].grade
        if award.revoked_at is None and award.grade != grade:
            yield f"The award states the grade {award.grade}, not {grade}."

    def _fact_differences(
        self, award: Award, leaf: dict[str, Any], fact: dict[str, Any]
    ) -> Iterator[str]:
        known = {
            "completion": self._completion,
            "award": self._award,
            "recognition": self._recognition,
        }[fact["kind"]](leaf, fact["pk"])
        if known.learner_id != award.learner_id:
            yield "is another person's."
        if not known.is_of_it:
            yield "is of something else."
        if (fact["minutes"], fact["ects"]) not in known.worths:
            yield "is worth something else."
        said = traces.said(known.columns)
        for name in known.columns:
            if fact.get(name) != said.get(name):
                yield f"has another {name}: {fact.get(name)}, not {said.get(name)}."

    def _completion(self, leaf: dict[str, Any], pk: int) -> _Known:
        row = self.completions[pk]
        course = row.run.course
        columns: dict[str, Any] = {"level": 0, "until": None, "item": ("course", course.pk)}
        if row.pk not in self.undone | self.regraded:
            columns |= {"at": row.completed_at, "grade": row.grade}
        # A course may come to another provider; that matters to a leaf that asks for one.
        if "issuer_id" in leaf:
            columns |= {"issuer_id": course.provider_id}
        is_of_it = leaf.get("course_id") in self._counts_as(course.pk)
        return _Known(row.learner_id, columns, is_of_it, self._worths(course.pk))

    def _award(self, leaf: dict[str, Any], pk: int) -> _Known:
        row = self.awards[pk]
        achievement = row.achievement
        columns: dict[str, Any] = {
            "at": row.decided_at,
            "until": row.expires_at,
            "issuer_id": achievement.awarding_body_id,
            "item": ("course", achievement.course_id) if achievement.course_id else None,
        }
        if pk not in self.restated:
            columns["grade"] = row.grade
        if leaf["operator"] == "skill":
            level = self.proved.get((row.version_id, leaf["skill_id"]))
            columns["level"], is_of_it = level, level is not None
        else:
            columns["level"], is_of_it = 0, leaf["achievement_id"] == row.achievement_id
        return _Known(row.learner_id, columns, is_of_it, {self.version_worth[row.version_id]})

    def _recognition(self, leaf: dict[str, Any], pk: int) -> _Known:
        row = self.recognitions[pk]
        columns = {
            "at": row.recognized_at,
            "grade": row.grade,
            "until": row.until,
            "level": LEVEL_RANK[row.level],
            "item": ("course", row.course_id) if row.course_id else None,
        }
        # Traces were written before it was known who recognizes.
        if "issuer_id" in leaf:
            columns |= {"issuer_id": row.organization_id}
        if row.course_id is None:
            return _Known(row.learner_id, columns, leaf.get("skill_id") == row.skill_id, {(0, 0)})
        is_of_it = leaf.get("course_id") in self._counts_as(row.course_id)
        return _Known(row.learner_id, columns, is_of_it, self._worths(row.course_id))

    def _worths(self, course_id: int) -> set[tuple[int, int]]:
        return self.course_worth.get(course_id, {(0, 0)})

    def _counts_as(self, course_id: int) -> set[int]:
        """The course itself, and all that it has come to count as."""
        found, frontier = {course_id}, [course_id]
        while frontier:
            new = self.counting_as[frontier.pop()] - found
            found |= new
            frontier += new
        return found


def _kind_and_pk(row: AwardEvidence) -> tuple[str, int]:
    if row.enrollment_id:
        return "completion", row.enrollment_id
    if row.supporting_award_id:
        return "award", row.supporting_award_id
    assert row.recognition_id
    return "recognition", row.recognition_id


def _columns(node: RuleNode) -> dict[str, Any]:
    """The row as a trace has it."""
    return traces.said(
        {
            name: getattr(node, name)
            for name in (
                *("number", "parent_number", "operator", "n", "counts_once"),
                *("course_id", "achievement_id", "skill_id", "level"),
                *("min_grade", "max_age_months", "issuer_id", "allows_prior_learning"),
            )
        }
    )
