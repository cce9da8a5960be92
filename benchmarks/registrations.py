"""A year of a distance university, replayed: registrations, withdrawals and results as they come.

    DATABASE_URL=… python -m benchmarks.registrations [--registrations 32593]

Drawn with a fixed seed in the shape of the Open University's learning analytics dataset (Kuzilek,
Hlosta and Zdrahal, Scientific Data 4, 2017): 32,593 registrations in 22 presentations, of which
31 % end by withdrawing and 22 % by failing; who withdraws may come back. The whole stream is
applied twice, and the second time must change nothing.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.catalog import say

START = datetime.datetime(2026, 2, 1, 8, 0, tzinfo=datetime.UTC)
PRESENTATIONS = 22
UNITS = 2
MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Row:
    """``kind``: registered, withdrew, failed, or a result; ``time`` counts a learner's times."""

    kind: str
    learner: int
    presentation: int
    time: int
    at: datetime.datetime
    unit: int = 0
    score: int | None = None


def stream(registrations: int, *, seed: int = 1) -> list[Row]:
    """In the order in which it happened."""
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(registrations):
        # One in eight registers for a second presentation.
        learner, presentation = number * 7 // 8, number % PRESENTATIONS
        rows += _taken(draw, learner, presentation)
    return sorted(rows, key=lambda row: row.at)


def _taken(draw: random.Random, learner: int, presentation: int) -> list[Row]:
    moment = START + datetime.timedelta(minutes=draw.randrange(60 * 24 * 60))
    rows = []
    for again in range(2):
        rows.append(Row("registered", learner, presentation, again, moment))
        ending = draw.choices(["withdrew", "failed", "passed"], [31, 22, 47])[0]
        for unit in range(UNITS if ending == "passed" else draw.randrange(UNITS)):
            moment += datetime.timedelta(minutes=draw.randrange(1, 20_000))
            score = draw.randrange(40, 101)
            rows.append(Row("result", learner, presentation, again, moment, unit, score))
        moment += datetime.timedelta(minutes=draw.randrange(1, 40_000))
        if ending != "passed":
            rows.append(Row(ending, learner, presentation, again, moment))
        if ending != "withdrew" or draw.random() > 0.2:
            break
        moment += datetime.timedelta(minutes=draw.randrange(1, 20_000))
    return rows


def shuffled(rows: Sequence[Row], *, seed: int = 2) -> list[Row]:
    """Results come whenever they like, also before the registration.

    What one learner does comes in its order, among all others at any moment.
    """
    draw = random.Random(seed)
    mixed = list(rows)
    draw.shuffle(mixed)
    own: dict[int, list[Row]] = {}
    for row in rows:
        if row.kind != "result":
            own.setdefault(row.learner, []).append(row)
    for acts in own.values():
        acts.reverse()
    return [row if row.kind == "result" else own[row.learner].pop() for row in mixed]


def apply(
    rows: Iterable[Row], *, learners: Sequence[Any], runs: Sequence[Any], curator: Any, source: str
) -> None:
    """Through the actions of the product; results are sent in arrays of a thousand."""
    from enrollment import actions

    enrollments: dict[tuple[int, int, int], Any] = {}
    units = [list(run.course.units.order_by("position")) for run in runs]
    waiting: list[Row] = []

    def send() -> None:
        ready = [row for row in waiting if _key(row) in enrollments]
        waiting[:] = [row for row in waiting if _key(row) not in enrollments]
        for first in range(0, len(ready), MOST_AT_ONCE):
            actions.record_events(
                [
                    actions.Event(
                        source=source,
                        event_id="-".join(map(str, (*_key(row), row.unit))),
                        enrollment_id=enrollments[_key(row)].pk,
                        unit_id=units[row.presentation][row.unit].pk,
                        verb="passed",
                        at=row.at,
                        score=row.score,  # type: ignore[arg-type]
                    )
                    for row in ready[first : first + MOST_AT_ONCE]
                ],
                received_at=row.at,
            )

    for row in rows:
        match row.kind:
            case "registered":
                enrollments[_key(row)] = actions.enroll(
                    learner=learners[row.learner], run=runs[row.presentation], at=row.at
                )
            case "withdrew":
                actions.withdraw(enrollment=enrollments[_key(row)], at=row.at)
            case "failed":
                actions.fail(
                    enrollment=enrollments[_key(row)], by=curator, reason="Final result", at=row.at
                )
            case _:
                waiting.append(row)
                if len(waiting) % MOST_AT_ONCE == 0:
                    send()
    send()


def _key(row: Row) -> tuple[int, int, int]:
    return row.learner, row.presentation, row.time


def end(learners: Sequence[Any], runs: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What has become of everyone, without what only this database knows it by."""
    from enrollment.models import Enrollment

    learner = {one.pk: number for number, one in enumerate(learners)}
    run = {one.pk: number for number, one in enumerate(runs)}
    rows = Enrollment.objects.filter(run__in=runs).values_list(
        *("learner", "run", "enrolled_at", "status", "withdrawn_at", "completed_at", "grade")
    )
    return sorted((learner[one[0]], run[one[1]], *one[2:]) for one in rows.order_by())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registrations", type=int, default=32_593)
    options = parser.parse_args()
    data = tempfile.TemporaryDirectory(prefix="cairn-bench-")
    os.environ |= {"CAIRN_DATA": data.name, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django

    django.setup()
    from django.db import connection

    from accounts.models import User
    from catalog.models import CourseRun
    from tests.factories import published_course

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        rows = stream(options.registrations)
        course = published_course(lessons=UNITS)
        runs = [CourseRun.objects.create(course=course) for _ in range(PRESENTATIONS)]
        User.objects.bulk_create(
            User(email=f"learner{n}@example.org", credential_name=f"Learner {n}", password="!")
            for n in range(options.registrations + 1)
        )
        *learners, curator = User.objects.filter(email__startswith="learner").order_by("pk")
        world = {"learners": learners, "runs": runs, "curator": curator, "source": "bench"}
        ends = []
        for what in ("first", "again"):
            before, started = _memory(), time.perf_counter()
            apply(rows, **world)
            took = time.perf_counter() - started
            say(
                f"{len(rows):,} rows, {what}: {took:7.1f} s, {len(rows) / took:6.0f} a second, "
                f"{_memory() - before:.0f} MB more memory than before"
            )
            ends.append(end(learners, runs))
        assert ends[0] == ends[1], "a replay changed something"
        say(f"{len(ends[0]):,} enrollments, the same after the replay")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        data.cleanup()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
