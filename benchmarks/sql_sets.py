"""Judging as good SQL does it: a statement for each rule, over everyone at once, level by level.

What learners have lies in one table of its own, as the arrays do in memory, before the clock
starts. To index it belongs to the judging, as filing the arrays does. What a rule awards is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from django.db import connection

from benchmarks.population import NOW
from catalog.judging import months_before
from catalog.rules import AchievementLeaf, CourseLeaf, Group, Leaf, Node, Operator
from credentials.bulk import World
from credentials.rulebook import Rule

KINDS = {"course": 0, "achievement": 1, "skill": 2}

HAVE = """
CREATE UNLOGGED TABLE benchmark_have AS
SELECT e.learner_id AS learner, 0 AS kind, r.course_id AS subject, e.completed_at AS at, e.grade,
    c.provider_id AS issuer, false AS is_recognized, 0 AS level
FROM enrollment_enrollment e
JOIN catalog_courserun r ON r.id = e.run_id JOIN catalog_course c ON c.id = r.course_id
WHERE e.status = 'completed' AND e.learner_id <= %(last)s
UNION ALL
SELECT e.learner_id, 0, q.counts_as_id, e.completed_at, e.grade, c.provider_id, false, 0
FROM enrollment_enrollment e JOIN catalog_courserun r ON r.id = e.run_id
JOIN catalog_course c ON c.id = r.course_id JOIN catalog_equivalence q ON q.course_id = c.id
WHERE e.status = 'completed' AND e.learner_id <= %(last)s
    AND (e.completed_at AT TIME ZONE 'UTC')::date >= q.since
UNION ALL
SELECT learner_id, CASE WHEN course_id IS NULL THEN 2 ELSE 0 END, coalesce(course_id, skill_id),
    recognized_at, grade, NULL, true, 0
FROM credentials_recognition WHERE withdrawn_at IS NULL AND learner_id <= %(last)s
"""


class Sets:
    """The learners up to this number, judged by the rules in the order given."""

    def __init__(self, world: World, rules: Sequence[Rule], *, last: int) -> None:
        self.world = world
        self.rules = rules
        joined = zip(
            world.pursuits["achievement"].tolist(), world.pursuits["version"].tolist(), strict=True
        )
        self.replaced = {achievement: world.rules[version] for achievement, version in set(joined)}
        with connection.cursor() as cursor:
            cursor.execute(HAVE, {"last": last})
            cursor.execute("VACUUM benchmark_have")
            cursor.execute("SET work_mem = '256MB'")
            cursor.execute("SET maintenance_work_mem = '256MB'")
            cursor.execute("SET jit = off")
            cursor.execute(
                "CREATE UNLOGGED TABLE benchmark_joined AS SELECT learner_id AS learner,"
                " version_id AS version FROM credentials_pursuit WHERE learner_id <= %s",
                [last],
            )

    def judge(self) -> int:
        """Returns how many awards that makes; they lie in the table until ``forget``."""
        made = 0
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX benchmark_subject ON benchmark_have (kind, subject)")
            cursor.execute("ANALYZE benchmark_have")
            for rule in self.rules:
                cursor.execute(self._statement(rule))
                made += cursor.rowcount
                for skill, level in self.world.versions[rule.version_id].skills:
                    cursor.execute(
                        "INSERT INTO benchmark_have SELECT learner, 2, %s, at, grade, issuer,"
                        " false, %s FROM benchmark_have WHERE kind = 1 AND subject = %s",
                        [skill, level, rule.achievement_id],
                    )
        return made

    def awards(self) -> set[tuple[int, int]]:
        """Learner and achievement."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT learner, subject FROM benchmark_have WHERE kind = 1")
            return set(cursor.fetchall())

    def forget(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX benchmark_subject")
            cursor.execute(
                "DELETE FROM benchmark_have WHERE kind = 1 OR kind = 2 AND NOT is_recognized"
            )
            cursor.execute("VACUUM benchmark_have")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE benchmark_have, benchmark_joined")
            cursor.execute("RESET ALL")

    def _statement(self, rule: Rule) -> str:
        found = self._learners(rule)
        if replaced := self.replaced.get(rule.achievement_id):
            found = (
                f"({found}) UNION (({self._learners(replaced)}) INTERSECT SELECT learner FROM"
                f" benchmark_joined WHERE version = {replaced.version_id})"
            )
        return (
            f"INSERT INTO benchmark_have SELECT learner, 1, {rule.achievement_id},"
            f" '{NOW.isoformat()}', NULL, {rule.issuer_id}, false, 0 FROM ({found}) AS met"
        )

    def _learners(self, rule: Rule) -> str:
        found = self._meeting(rule.tree)
        if isinstance(rule.tree, Group) and rule.tree.counts_once:
            # Hall: any k of the groups have k different things between them.
            for size in range(2, len(rule.tree.children) + 1):
                for some in combinations(rule.tree.children, size):
                    different = {leaf for group in some for leaf in group.children}  # type: ignore[union-attr]
                    found += f" INTERSECT ({self._counted(sorted(different, key=str), size)})"
        return found

    def _meeting(self, node: Node) -> str:
        """A query for the learners who meet it, each once."""
        if not isinstance(node, Group):
            return f"SELECT DISTINCT learner FROM benchmark_have WHERE {self._condition(node)}"
        parts = [f"({self._meeting(child)})" for child in node.children]
        match node.operator:
            case Operator.ALL:
                return " INTERSECT ".join(parts)
            case Operator.ANY:
                return " UNION ".join(parts)
            case Operator.AT_LEAST:
                return self._counted(node.children, node.n or 0)
        worths = " UNION ALL ".join(
            f"(SELECT learner, {self._worth(leaf, node.operator)} AS worth FROM ({part}) AS met)"
            for leaf, part in zip(node.children, parts, strict=True)
        )
        return (
            f"SELECT learner FROM ({worths}) AS parts"
            f" GROUP BY learner HAVING sum(worth) >= {node.n}"
        )

    def _counted(self, nodes: Sequence[Node], n: int) -> str:
        parts = " UNION ALL ".join(f"({self._meeting(node)})" for node in nodes)
        return f"SELECT learner FROM ({parts}) AS parts GROUP BY learner HAVING count(*) >= {n}"

    def _worth(self, leaf: Node, operator: str) -> int:
        if isinstance(leaf, CourseLeaf):
            worth = self.world.courses[leaf.course_id]
        else:
            assert isinstance(leaf, AchievementLeaf)
            worth = self.world.versions[self.world.in_force[leaf.achievement_id]]
        return worth.minutes if operator == Operator.CREDITS else worth.ects

    def _condition(self, leaf: Leaf) -> str:
        match leaf:
            case CourseLeaf():
                said = [f"kind = 0 AND subject = {leaf.course_id}"]
            case AchievementLeaf():
                said = [f"kind = 1 AND subject = {leaf.achievement_id}"]
            case _:
                said = [f"kind = 2 AND subject = {leaf.skill_id} AND level >= {leaf.level}"]
        if leaf.min_grade is not None:
            said.append(f"grade >= {leaf.min_grade}")
        if leaf.max_age_months is not None:
            said.append(f"at >= '{months_before(NOW, leaf.max_age_months).isoformat()}'")
        if leaf.issuer_id is not None:
            said.append(f"issuer = {leaf.issuer_id}")
        if not leaf.allows_prior_learning:
            said.append("NOT is_recognized")
        return " AND ".join(said)
