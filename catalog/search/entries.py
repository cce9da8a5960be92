"""What the index knows of each published course, read from the database in few queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    CourseRun,
    CourseSkill,
    CourseTranslation,
    LearningOutcome,
    RuleNode,
    Status,
    Unit,
)
from catalog.search.filters import price_class, start_class

BATCH = 2000
MOST_OF_LESSONS = 50_000
"""Characters: enough to know what a course talks about."""


@dataclass
class Entry:
    """One course as searches see it. ``values`` has the facets' values, ``texts`` the fields'."""

    pk: int
    texts: dict[str, str]
    values: dict[str, set[str]]
    minutes: int
    published: int
    """Seconds since 1970."""
    starts_in: int
    """Days until the next start; the far future when none is planned."""


NEVER = 100_000
"""Days: later than any start that is planned."""


def entries(*, day: datetime.date, course_ids: Collection[int] | None = None) -> Iterator[Entry]:
    """The published courses among ``course_ids``, or all; what starts is counted from ``day``."""
    courses = Course.objects.published().order_by("pk")
    if course_ids is not None:
        courses = courses.filter(pk__in=course_ids)
    stacked = _stacked(course_ids)
    last = 0
    # Pages by key instead of one cursor: memory stays flat, and no transaction is held open.
    while batch := list(courses.filter(pk__gt=last).values(*_COLUMNS)[:BATCH]):
        last = batch[-1]["pk"]
        # For all, a range: the database plans it well even before it has counted its rows.
        of_batch = (
            Q(course__gte=batch[0]["pk"], course__lte=last)
            if course_ids is None
            else Q(course__in=[row["pk"] for row in batch])
        )
        yield from _entries(batch, of_batch, day=day, stacked=stacked)


_COLUMNS = (
    "pk",
    "title",
    "summary",
    "description",
    "prerequisites",
    "field",
    "language",
    "eqf_level",
    "participation",
    "published_at",
    "provider__slug",
    "provider__name",
)


def _entries(
    batch: list[dict[str, Any]], of_batch: Q, *, day: datetime.date, stacked: set[int]
) -> Iterator[Entry]:
    units = _grouped(
        Unit.objects.filter(of_batch).order_by("position").values_list("course", "title", "body")
    )
    minutes = dict(
        Unit.objects.filter(of_batch)
        .order_by()
        .values_list("course")
        .annotate(minutes=Sum("minutes"))
    )
    outcomes = _grouped(LearningOutcome.objects.filter(of_batch).values_list("course", "text"))
    skills = _grouped(
        CourseSkill.objects.filter(of_batch).values_list(
            "course", "skill__public_id", "skill__label", "skill__alt_labels"
        )
    )
    runs = _grouped(
        CourseRun.objects.filter(of_batch)
        .open_on(day)
        .values_list("course", "is_self_paced", "starts_on", "price")
    )
    translations = _grouped(
        CourseTranslation.objects.filter(of_batch).values_list(
            "course", "language", "title", "summary"
        )
    )
    for row in batch:
        pk = row["pk"]
        others = translations[pk]
        offered = runs[pk]
        starts = [
            0 if paced or begins is None else max(0, (begins - day).days)
            for paced, begins, _ in offered
        ]
        taught = skills[pk]
        yield Entry(
            pk=pk,
            texts={
                "title": " ".join((row["title"], *(title for _, title, _ in others))),
                "skills": " ".join(label for _, label, _ in taught),
                "summary": " ".join((row["summary"], *(text for *_, text in others))),
                "body": "\n".join(
                    (
                        row["description"],
                        row["prerequisites"],
                        row["provider__name"],
                        *(title for title, _ in units[pk]),
                        *(text for (text,) in outcomes[pk]),
                        *(names for _, _, names in taught),
                    )
                ),
                "lessons": "\n".join(body for _, body in units[pk])[:MOST_OF_LESSONS],
            },
            values={
                "field": {row["field"]},
                "skill": {str(public_id) for public_id, _, _ in taught},
                "level": {str(row["eqf_level"])} if row["eqf_level"] else set(),
                "language": {row["language"], *(language for language, *_ in others)},
                "provider": {row["provider__slug"]},
                "format": {row["participation"]} if row["participation"] else set(),
                "price": {price_class(float(p)) for *_, p in offered if p is not None},
                "start": {start_class(days) for days in starts},
                "stackable": {"yes"} if pk in stacked else set(),
            },
            minutes=minutes.get(pk) or 0,
            published=int(row["published_at"].timestamp()),
            starts_in=min(starts, default=NEVER),
        )


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for course_id, *rest in rows:
        found[course_id].append(tuple(rest))
    return found


def _stacked(course_ids: Collection[int] | None) -> set[int]:
    """The courses that count towards a track: by their completion, or by their credential."""
    nodes = RuleNode.objects.filter(version__achievement__track__status=Status.PUBLISHED)
    if course_ids is not None:
        nodes = nodes.filter(
            Q(course__in=course_ids) | Q(achievement__in=_achievements_of(course_ids))
        )
    rows = list(nodes.values_list("version", "course", "achievement__course"))
    # In a step of its own: few rules name a course, and "current" is asked of those alone.
    named = {version for version, *_ in rows}
    tracks = AchievementVersion.objects.filter(achievement__track__isnull=False)
    if course_ids is not None:
        tracks = tracks.filter(pk__in=named)
    current = set(tracks.current().values_list("pk", flat=True)) if named else set()
    return {
        course for version, *courses in rows if version in current for course in courses if course
    }


def _achievements_of(course_ids: Collection[int]) -> list[int]:
    rows = Achievement.objects.filter(course__in=course_ids)
    return list(rows.values_list("pk", flat=True))
