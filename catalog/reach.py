"""How many hours a track still asks of a learner, and how many fewer with one course more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from catalog import rules
from catalog.models import LEVEL_RANK, AchievementVersion, Course, Status, Track
from catalog.rules import Operator
from catalog.rules.measuring import hundredths
from catalog.stacks import Loader


@dataclass(frozen=True)
class Need:
    """A rule with the workload of its courses, through the tracks it stands on.

    ``course_id`` marks a leaf, ``ects`` is in hundredths; ``n`` is the operator's number, for
    ``CREDITS`` in minutes.
    """

    minutes: int = 0
    ects: int = 0
    course_id: int | None = None
    operator: Operator = Operator.ALL
    n: int = 0
    parts: tuple[Need, ...] = field(default=())


def need(track: Track, loader: Loader | None = None) -> Need:
    """What the track in force asks for; nothing about anybody, so that it can be remembered."""
    return needs([track], loader)[0]


def needs(tracks: Sequence[Track], loader: Loader | None = None) -> list[Need]:
    """The same for many at once. ``loader``: one that has read their rules already."""
    loader = loader or Loader(*(track.achievement for track in tracks))
    proving = _proving([leaf for tree in loader.trees.values() for leaf in rules.leaves(tree)])

    def of(node: rules.Node | None) -> Need:
        if node is None:
            return Need()
        if isinstance(node, rules.Group):
            return Need(
                operator=Operator(node.operator),
                n=node.n or 0,
                parts=tuple(of(c) for c in node.children),
            )
        if isinstance(node, rules.CourseLeaf):
            return _of_course(loader.courses[node.course_id])
        if isinstance(node, rules.SkillLeaf):
            return Need(operator=Operator.ANY, parts=tuple(proving[node]))
        achievement = loader.achievements[node.achievement_id]
        if achievement.course_id is None:
            return of(loader.trees.get(node.achievement_id))
        return of(rules.CourseLeaf(achievement.course_id))

    return [of(loader.trees.get(track.achievement.pk)) for track in tracks]


def _of_course(course: Course) -> Need:
    return Need(
        minutes=getattr(course, "minutes", 0),
        ects=hundredths(course.ects),
        course_id=course.pk,
    )


def _proving(leaves: Iterable[rules.Leaf]) -> dict[rules.SkillLeaf, list[Need]]:
    """The published courses that prove each skill at its level, the shortest first."""
    wanted = {leaf for leaf in leaves if isinstance(leaf, rules.SkillLeaf)}
    if not wanted:
        return {}
    rows = (
        AchievementVersion.objects.current()
        .filter(
            achievement__course__status=Status.PUBLISHED,
            version_skills__skill__in={leaf.skill_id for leaf in wanted},
        )
        .order_by("workload_minutes", "pk")
        .values_list(
            "version_skills__skill",
            "version_skills__level",
            "workload_minutes",
            "ects",
            "achievement__course",
        )
    )
    found: dict[rules.SkillLeaf, list[Need]] = {leaf: [] for leaf in wanted}
    for skill_id, level, minutes, ects, course_id in rows:
        for leaf in wanted:
            if leaf.skill_id == skill_id and LEVEL_RANK[level] >= leaf.level:
                found[leaf].append(Need(minutes, hundredths(ects), course_id))
    return found


def minutes_left(need: Need, done: Collection[int]) -> int:
    """The least workload that still has to be done, by whoever has completed these courses."""
    if need.course_id is not None:
        return 0 if need.course_id in done else need.minutes
    left = sorted(minutes_left(part, done) for part in need.parts)
    match need.operator:
        case Operator.ALL:
            return sum(left)
        case Operator.CREDITS:
            earned = sum(minutes_left(part, ()) for part in need.parts) - sum(left)
            return min(max(need.n - earned, 0), sum(left))
        case Operator.ECTS:
            return sum(minutes_left(need.parts[place], done) for place in _enough_ects(need, done))
        case Operator.ANY:
            return left[0] if left else 0
        case _:
            return sum(left[: need.n])


def cheapest(need: Need, done: Collection[int]) -> list[int]:
    """The courses that ``minutes_left`` counts, in the order in which the rule names them."""
    if need.course_id is not None:
        return [] if need.course_id in done else [need.course_id]
    parts = [(minutes_left(part, done), place) for place, part in enumerate(need.parts)]
    match need.operator:
        case Operator.ALL:
            chosen = [place for _, place in parts]
        case Operator.CREDITS:
            chosen = _enough(parts, minutes_left(need, done))
        case Operator.ECTS:
            chosen = _enough_ects(need, done)
        case _:
            count = 1 if need.operator == Operator.ANY else need.n
            chosen = [place for _, place in sorted(parts)[:count]]
    found = [course for place in sorted(chosen) for course in cheapest(need.parts[place], done)]
    return list(dict.fromkeys(found))


def _enough(parts: list[tuple[int, int]], minutes: int) -> list[int]:
    """The shortest parts first, until they come to so many minutes."""
    chosen = []
    for length, place in sorted(parts):
        if minutes <= 0:
            break
        if length:
            chosen.append(place)
            minutes -= length
    return chosen


def _enough_ects(need: Need, done: Collection[int]) -> list[int]:
    """The places of parts to do, the least work for a credit first, until there are enough."""
    missing = need.n
    open_parts = []
    for place, part in enumerate(need.parts):
        left = minutes_left(part, done)
        if left:
            open_parts.append((left / (worth(part) or 0.01), place))
        else:
            missing -= worth(part)
    chosen = []
    for _, place in sorted(open_parts):
        if missing <= 0:
            break
        chosen.append(place)
        missing -= worth(need.parts[place])
    return sorted(chosen)


def worth(need: Need) -> int:
    """The ECTS credits, in hundredths, of the courses in it."""
    return need.ects + sum(worth(part) for part in need.parts)


MOST_COURSES = 4


@dataclass(frozen=True)
class Way:
    """What is left of a track, the shortest way.

    ``left`` and ``total`` are in minutes; ``courses`` are the first of those still to take.
    """

    track: Track
    left: int
    total: int
    courses: list[Course]
    more: int

    @property
    def done(self) -> int:
        return self.total - self.left


def way(track: Track, need: Need, *, done: Collection[int]) -> Way:
    """The way of whoever has completed these courses."""
    ids = cheapest(need, done)
    found = Course.objects.published().in_bulk(ids[:MOST_COURSES])
    return Way(
        track=track,
        left=minutes_left(need, done),
        total=minutes_left(need, ()),
        courses=[found[pk] for pk in ids if pk in found],
        more=max(0, len(ids) - MOST_COURSES),
    )


@dataclass(frozen=True)
class Reach:
    """What a course does for a track: minutes in all, left before it, and left after it."""

    track: Track
    total: int
    before: int
    after: int

    @property
    def completes(self) -> bool:
        return self.after == 0 < self.before

    @property
    def helps(self) -> bool:
        return self.after < self.before


def reach(track: Track, need: Need, *, course_id: int, done: Collection[int]) -> Reach:
    return Reach(
        track,
        total=minutes_left(need, ()),
        before=minutes_left(need, done),
        after=minutes_left(need, {*done, course_id}),
    )
