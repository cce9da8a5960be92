"""What a track is made of, down through the tracks it stands on: rows read into a plain tree."""

from __future__ import annotations

from dataclasses import dataclass

from catalog import rules
from catalog.durations import in_words
from catalog.models import Achievement, AchievementVersion, Course, Status, Track

MAX_DEPTH = 4


@dataclass(frozen=True)
class Part:
    """A course, a track, or a group of parts that has no name of its own.

    ``rule`` says how many of ``parts`` are asked for. ``url`` is empty where no page exists yet.
    """

    kind: str
    title: str
    note: str = ""
    url: str = ""
    rule: str = ""
    course_id: int | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_course(self) -> bool:
        return self.kind == "course"

    @property
    def is_track(self) -> bool:
        return self.kind == "track"


def load(track: Track) -> Part:
    """The track's stack. The number of queries depends on its depth, not on its size."""
    return _Loader(track.achievement).part()


class _Loader:
    def __init__(self, goal: Achievement) -> None:
        self.goal = goal
        self.achievements = {goal.pk: goal}
        self.trees: dict[int, rules.Node] = {}
        frontier = {goal.pk}
        for _ in range(MAX_DEPTH):
            self._read_rules(frontier)
            frontier = {
                leaf.achievement_id
                for pk in frontier & self.trees.keys()
                for leaf in rules.leaves(self.trees[pk])
                if isinstance(leaf, rules.AchievementLeaf)
            } - self.achievements.keys()
            if not frontier:
                break
            self.achievements |= Achievement.objects.select_related("track", "course").in_bulk(
                list(frontier)
            )
        course_ids = {
            leaf.course_id
            for tree in self.trees.values()
            for leaf in rules.leaves(tree)
            if isinstance(leaf, rules.CourseLeaf)
        }
        self.courses = Course.objects.with_workload().in_bulk(list(course_ids))

    def _read_rules(self, achievement_ids: set[int]) -> None:
        for version in (
            AchievementVersion.objects.current()
            .filter(achievement__in=achievement_ids)
            .prefetch_related("rule_nodes")
        ):
            tree = rules.from_rows(version.rule_nodes.all())
            if tree is not None:
                self.trees[version.achievement_id] = tree

    def part(self) -> Part:
        return self._of_achievement(self.goal, depth=0)

    def _of_achievement(self, achievement: Achievement, *, depth: int) -> Part:
        subject = achievement.track or achievement.course
        assert subject is not None
        tree = self.trees.get(achievement.pk)
        rule = ""
        parts: tuple[Part, ...] = ()
        if achievement.track is not None and tree is not None and depth < MAX_DEPTH:
            rule, parts = self._below(tree, depth=depth)
        return Part(
            kind="track" if achievement.track is not None else "course",
            title=subject.title,
            note=achievement.get_kind_display(),
            url="" if subject.status == Status.DRAFT else subject.get_absolute_url(),
            rule=rule,
            course_id=achievement.course_id,
            parts=parts,
        )

    def _below(self, tree: rules.Node, *, depth: int) -> tuple[str, tuple[Part, ...]]:
        if not isinstance(tree, rules.Group):
            return "", (self._of_node(tree, depth=depth),)
        children = tuple(self._of_node(child, depth=depth) for child in tree.children)
        return _how_many(tree), children

    def _of_node(self, node: rules.Node, *, depth: int) -> Part:
        if isinstance(node, rules.Group):
            rule, parts = self._below(node, depth=depth)
            return Part(kind="group", title=rule or "this", rule=rule, parts=parts)
        if isinstance(node, rules.AchievementLeaf):
            return self._of_achievement(self.achievements[node.achievement_id], depth=depth + 1)
        course = self.courses[node.course_id]
        return Part(
            kind="course",
            title=course.title,
            note=in_words(course.minutes),  # type: ignore[attr-defined]
            url="" if course.status == Status.DRAFT else course.get_absolute_url(),
            course_id=course.pk,
        )


def _how_many(group: rules.Group) -> str:
    count = len(group.children)
    if count == 1 and group.operator != rules.Operator.CREDITS:
        return ""
    match group.operator:
        case rules.Operator.ALL:
            return "both of these" if count == 2 else f"all {count} of these"
        case rules.Operator.ANY:
            return f"any 1 of these {count}"
        case rules.Operator.AT_LEAST:
            return f"at least {group.n} of these {count}"
        case _:
            return f"at least {in_words(group.n or 0)} of these"
