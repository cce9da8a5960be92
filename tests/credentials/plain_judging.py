"""Judging a world of arrays with a plain loop, learner by learner, by the oracle of the rules."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from catalog.judging import Evidence, Fact, judge, months_after
from credentials.bulk.facts import EPOCH, MICROSECOND, NEVER
from tests.rules_oracle import satisfied

HALF_A_YEAR = datetime.timedelta(days=180)


def moment_of(value):
    return None if value == NEVER else EPOCH + int(value) * MICROSECOND


def rows_of(world, name, place):
    table = getattr(world, name)
    return [
        {column: values[row].item() for column, values in table.items()}
        for row in (table["learner"] == place).nonzero()[0]
    ]


class Learner:
    def __init__(self, world, place, at, satisfied=satisfied):
        self.world, self.at, self.satisfied = world, at, satisfied
        self.completions = rows_of(world, "completions", place)
        self.awards = rows_of(world, "awards", place)
        self.recognitions = rows_of(world, "recognitions", place)
        self.joined = {
            row["achievement"]: row["version"] for row in rows_of(world, "pursuits", place)
        }
        self.refused = {row["achievement"] for row in rows_of(world, "refusals", place)}

    def counts_as(self, course, day):
        found, frontier = {course}, [course]
        while frontier:
            current = frontier.pop()
            for other, counts_as, since in self.world.equivalences:
                if other == current and since <= day and counts_as not in found:
                    found.add(counts_as)
                    frontier.append(counts_as)
        return found

    def evidence(self, *, equivalents, since=None, or_unchanged=False, renewing=None):
        filed = tuple(defaultdict(list) for _ in range(3))
        world = self.world

        def is_fresh(fact, is_current):
            return since is None or fact.at > since or (or_unchanged and is_current)

        def under_course(fact, course, is_current):
            if is_fresh(fact, is_current):
                day = fact.at.date()
                for other in self.counts_as(course, day) if equivalents else {course}:
                    filed[0][other].append(fact)

        for row in self.completions:
            worth = world.courses[row["course"]]
            fact = self.fact("completion", row, worth, ("course", row["course"]))
            fact = replace(fact, issuer_id=world.providers[row["course"]])
            under_course(fact, row["course"], row["edition"] == worth.edition)
        for row in self.awards:
            if row["is_revoked"] or row["achievement"] == renewing:
                continue
            worth = world.versions[row["version"]]
            item = ("course", worth.course_id) if worth.course_id else None
            fact = self.fact("award", row, worth, item or ("achievement", row["achievement"]))
            fact = replace(fact, issuer_id=world.issuers[row["achievement"]])
            if is_fresh(fact, worth.is_current or fact.until is None):
                filed[1][row["achievement"]].append(fact)
                for skill, level in worth.skills:
                    filed[2][skill].append(replace(fact, level=level))
        for row in self.recognitions:
            if row["course"]:
                worth = world.courses[row["course"]]
                fact = self.fact("recognition", row, worth, ("course", row["course"]))
                fact = replace(fact, issuer_id=row["issuer"] or None)
                under_course(fact, row["course"], False)
            else:
                fact = self.fact("recognition", row, None, ("recognition", row["pk"]))
                fact = replace(fact, issuer_id=row["issuer"] or None)
                if is_fresh(fact, False):
                    filed[2][row["skill"]].append(replace(fact, level=row["level"]))
        for facts in filed:
            for found in facts.values():
                found.sort(key=lambda fact: (-fact.at.timestamp(), fact.kind, -fact.pk))
        return Evidence(*map(dict, filed))

    def fact(self, kind, row, worth, item):
        return Fact(
            pk=row["pk"],
            at=moment_of(row["at"]),
            grade=None if row["grade"] < 0 else Decimal(row["grade"]) / 100,
            minutes=worth.minutes if worth else 0,
            ects=worth.ects if worth else 0,
            kind=kind,
            until=moment_of(row.get("until", NEVER)),
            item=item,
        )

    def latest(self, achievement):
        """What has fallen is as if it had never been made."""
        mine = [row for row in self.awards if row["achievement"] == achievement]
        counting = [row for row in mine if not row["has_fallen"]]
        return max(counting, key=lambda row: row["number"], default=None)

    def earned(self):
        """(Achievement, version, renewed?) of all that is new."""
        made = []
        while True:
            found = self._by_the_newest(made) or self._by_one_that_was_joined(made)
            if not found:
                return set(made)
            made += found

    def _by_the_newest(self, made):
        for achievement, version in sorted(self.world.in_force.items()):
            rule = self.world.rules.get(version)
            if rule is None or achievement in self.refused:
                continue
            if achievement in {one[0] for one in made}:
                continue
            latest = self.latest(achievement)
            if latest is None:
                if self._meets(rule):
                    return [self._award(rule)]
            elif self._may_renew(rule, latest) and self._is_renewed(rule, latest):
                return [self._award(rule, renews=latest)]
        return []

    def _by_one_that_was_joined(self, made):
        for achievement, version in sorted(self.joined.items()):
            rule = self.world.rules.get(version)
            if rule is None or rule.is_current or achievement in self.refused:
                continue
            if self.latest(achievement) is None and self._meets(rule):
                return [self._award(rule)]
        return []

    def _meets(self, rule):
        evidence = self.evidence(equivalents=not rule.is_of_a_course)
        return self.satisfied(rule.tree, evidence, self.at)

    def _may_renew(self, rule, latest):
        until = moment_of(latest["until"])
        standing = not latest["is_revoked"] and rule.renewal != "none"
        return standing and until is not None and until - HALF_A_YEAR <= self.at

    def _is_renewed(self, rule, latest):
        since = moment_of(latest["at"])
        evidence = self.evidence(
            equivalents=not rule.is_of_a_course,
            since=since,
            or_unchanged=rule.renewal == "delta",
            renewing=rule.achievement_id,
        )
        return self.satisfied(rule.tree, evidence, self.at, since)

    def _award(self, rule, renews=None):
        evidence = self.evidence(equivalents=not rule.is_of_a_course)
        support = judge(rule.tree, evidence, at=self.at)
        grade = support.grade if support and not renews else None
        start = max(self.at, moment_of(renews["until"])) if renews else self.at
        until = months_after(start, rule.valid_months) if rule.valid_months else None
        self.awards.append(
            {
                "pk": -len(self.awards) - 1,
                "achievement": rule.achievement_id,
                "version": rule.version_id,
                "number": 1 + max((row["number"] for row in self.awards), default=0),
                "at": (self.at - EPOCH) // MICROSECOND,
                "grade": -1 if grade is None else int(grade * 100),
                "until": NEVER if until is None else (until - EPOCH) // MICROSECOND,
                "is_revoked": False,
                "has_fallen": False,
            }
        )
        return rule.achievement_id, rule.version_id, renews is not None
