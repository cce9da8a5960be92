"""A large catalog made of a real one: its courses, again and again, mixed by a fixed seed."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Organization
from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    CourseRun,
    CourseSkill,
    Field,
    LearningOutcome,
    RuleNode,
    Skill,
    Unit,
)

SEED = 20260901
BATCH = 5000
PROVIDERS = 300
LANGUAGES = ["en"] * 12 + ["de", "de", "es", "fr", "ja", "pt", "ar", "pl"]
FORMATS = ["online_self_paced"] * 4 + ["online_live", "blended", "in_person"]


def grow(sources: Sequence[dict[str, str]], *, courses: int, skills: int) -> None:
    """Add ``courses`` published courses made of ``sources`` (title, summary, description).

    Each has a provider, a unit, an outcome, a run, three of ``skills`` skills and its achievement.
    """
    mix = random.Random(SEED)
    now = timezone.now()
    providers = _providers(mix)
    taught = list(Skill.objects.order_by("uri").values_list("pk", "label")[:skills])
    first = Course.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(0, courses, BATCH):
        size = min(BATCH, courses - start)
        numbers = range(start, start + size)
        made = Course.objects.bulk_create(
            _course(sources[n % len(sources)], n, first=first, mix=mix, now=now, orgs=providers)
            for n in numbers
        )
        _parts(made, mix=mix, taught=taught, now=now)


def _providers(mix: random.Random) -> list[Organization]:
    if there := list(Organization.objects.filter(slug__startswith="bench-").order_by("pk")):
        return there
    return Organization.objects.bulk_create(
        Organization(
            slug=f"bench-{n}",
            name=f"{mix.choice(['North', 'South', 'East', 'West'])} College {n}",
            country=mix.choice(["US", "DE", "ES", "IN"]),
            is_provider=True,
            is_awarding_body=True,
        )
        for n in range(PROVIDERS)
    )


def _course(
    source: dict[str, str],
    number: int,
    *,
    first: int,
    mix: random.Random,
    now: datetime.datetime,
    orgs: list[Organization],
) -> Course:
    # A few providers have most of the courses, as in life.
    provider = orgs[int(len(orgs) * mix.random() ** 2)]
    return Course(
        slug=f"bench-{first}-{number}",
        title=source["title"][:190],
        summary=source["summary"][:500],
        description=source["description"],
        provider=provider,
        awarding_body=provider,
        field=mix.choice(Field.values),
        language=mix.choice(LANGUAGES),
        eqf_level=mix.choice([None, 3, 4, 4, 5, 5, 6, 7]),
        participation=mix.choice(FORMATS),
        status="published",
        published_at=now - datetime.timedelta(minutes=mix.randrange(1_000_000)),
    )


def _parts(
    courses: list[Course],
    *,
    mix: random.Random,
    taught: list[tuple[int, str]],
    now: datetime.datetime,
) -> None:
    today = now.date()
    units, runs, tags, outcomes = [], [], [], []
    for course in courses:
        units.append(
            Unit(course=course, position=1, title="All of it", minutes=mix.randrange(30, 3000, 15))
        )
        days = mix.choice([None, None, 10, 60, 200])
        price: Any = mix.choice([0, 0, 49, 149, 900, None])
        runs.append(
            CourseRun(
                course=course,
                is_self_paced=days is None,
                starts_on=None if days is None else today + datetime.timedelta(days=days),
                price=price,
                currency="EUR" if price else "",
            )
        )
        skills = mix.sample(taught, 3)
        tags += [CourseSkill(course=course, skill_id=pk) for pk, _ in skills]
        outcomes.append(
            LearningOutcome(course=course, position=1, text=f"Apply {skills[0][1]}."[:300])
        )
    for model, rows in (
        (Unit, units),
        (CourseRun, runs),
        (CourseSkill, tags),
        (LearningOutcome, outcomes),
    ):
        model.objects.bulk_create(rows, batch_size=2000)  # type: ignore[attr-defined]
    achievements = Achievement.objects.bulk_create(
        Achievement(course=course, awarding_body=course.awarding_body) for course in courses
    )
    versions = AchievementVersion.objects.bulk_create(
        AchievementVersion(
            achievement=achievement,
            number=1,
            name=achievement.course.title,
            description=achievement.course.summary or achievement.course.title,
            criteria="Complete it.",
        )
        for achievement in achievements
        if achievement.course
    )
    RuleNode.objects.bulk_create(
        (
            RuleNode(
                version=version, number=0, operator="course", course=version.achievement.course
            )
            for version in versions
        ),
        batch_size=2000,
    )
    # Versions begin as drafts, which is a rule of the database.
    AchievementVersion.objects.filter(achievement__in=achievements).update(published_at=now)
