"""Whose credentials are issued and measured, and how contenders are compared."""

from __future__ import annotations

import datetime
import random
import statistics
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.catalog import ratio

NOW = datetime.datetime(2026, 3, 3, 9, 0, tzinfo=datetime.UTC)
SOME = 2000


class World:
    """An organization with keys of both kinds, and an achievement with skills."""

    def __init__(self) -> None:
        from credentials import keys
        from tests.factories import SkillFactory, published_course

        self.course = published_course(title="Reading Tide Tables")
        self.achievement = self.course.achievement
        self.organization = self.achievement.awarding_body
        self.version = self.achievement.versions.get()
        self.skills = SkillFactory.create_batch(3)
        self.key = keys.active_key(organization=self.organization, at=NOW)
        self.signer = keys.open_key(self.key)
        self.made = 0
        self.delivery = ""

    def documents(self, count: int) -> list[dict[str, Any]]:
        """As issuing drafts them, for learners of many names."""
        from credentials.drafting import Drafting, Particulars
        from credentials.models import StatusList
        from credentials.vc.documents import Recipient

        drafting = Drafting(self.version)
        listed = StatusList(organization=self.organization, number=1, public_id=uuid.UUID(int=1))
        draw = random.Random(count)
        made = []
        for n in range(count):
            said = Particulars(
                public_id=uuid.UUID(int=draw.getrandbits(128)),
                recipient=Recipient(
                    name=a_name(draw),
                    email=f"learner{n}@example.org",
                    salt=f"{draw.getrandbits(128):032x}",
                ),
                listed=listed,
                index=draw.randrange(131_072),
                valid_from=NOW,
                grade=draw.choice([None, Decimal(draw.randrange(10_000)) / 100]),
            )
            made.append(drafting.draft(said))
        return made

    def keep_messages_here(self) -> None:
        """Mail is sent when all is issued, and would only make the rounds wait for it."""
        self.delivery = "none"

    def due_awards(self, count: int) -> list[int]:
        from accounts.models import User
        from credentials.models import Award
        from notifications.models import Kind, Preference

        learners = User.objects.bulk_create(
            User(email=f"l{n}@example.org", credential_name=f"Learner {n}", password="!")
            for n in range(self.made, self.made + count)
        )
        self.made += count
        if self.delivery:
            Preference.objects.bulk_create(
                Preference(user=learner, kind=Kind.CREDENTIAL_ISSUED, delivery=self.delivery)
                for learner in learners
            )
        awards = Award.objects.bulk_create(
            Award(
                learner=learner,
                achievement=self.achievement,
                version=self.version,
                decided_at=NOW,
                due_at=NOW,
            )
            for learner in learners
        )
        return [award.pk for award in awards]


def a_name(draw: random.Random) -> str:
    alphabets = ["abcdefghijklmnop", "абвгдежзиклмн", "अआइईउऊएऐओऔ", "王小明李四張三", 'é"\\ñü ']
    return (
        "".join(draw.choice(draw.choice(alphabets)) for _ in range(draw.randrange(3, 25))).strip()
        or "x"
    )


def per_second(work: Callable[[], Any], count: int, clock: Callable[[], float]) -> float:
    started = clock()
    work()
    return count / (clock() - started)


def in_turns(
    contenders: dict[str, tuple[Callable[[], Any], int]],
    rounds: int,
    clock: Callable[[], float],
) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (work, count) in contenders.items():
            rates[name].append(per_second(work, count, clock))
    return rates


def show(rates: dict[str, list[float]], mine: str, other: str, target: float) -> None:
    quotients = [one / two for one, two in zip(rates[mine], rates[other], strict=True)]
    ratio(f"  {mine} against {other}", statistics.median(quotients), target)


def analyze() -> None:
    """As PostgreSQL does by itself within a minute, which a round does not take."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
