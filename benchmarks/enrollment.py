"""Enrolling and learning, each beside the rows that the database has to keep for it.

    DATABASE_URL=postgres://… python -m benchmarks.enrollment [--learners 5000] [--rounds 5]
        [--only rush …] [--small]

Makes a database of its own beside DATABASE_URL's and drops it again. Answers are checked in every
round: a wrong one ends the run. Prints medians over the rounds, in which all contenders take turns.
Limits are the bare statements for the same durable rows, each its own commit. Ends with 1 when a
target is missed. ``--small`` takes a minute with 1,000 learners, and is content with 0.6 of the
targets.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks import catalog
from benchmarks.catalog import ratio, say

NOW = datetime.datetime(2026, 3, 3, 9, 0, tzinfo=datetime.UTC)
CONNECTIONS = 8
SOME = 2000

BARE_ENROLLMENT = (
    "INSERT INTO enrollment_enrollment (public_id, learner_id, run_id, status, told_status,"
    " edition, min_grade, waitlist_place, enrolled_at, completed_by)"
    " VALUES (%s, %s, %s, 'active', '', 1, NULL, NULL, %s, '')"
)
BARE_EVENT = (
    "INSERT INTO enrollment_progressevent"
    " (source, event_id, enrollment_id, unit_id, verb, score, at, received_at)"
    " VALUES (%s, %s, %s, %s, %s, NULL, %s, %s)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(WORK), default=list(WORK))
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    if options.small:
        options.learners = 1000
        catalog.wanted_share = catalog.SMALL
    data = tempfile.TemporaryDirectory(prefix="cairn-bench-")
    os.environ |= {"CAIRN_DATA": data.name, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django

    django.setup()
    from django.db import connection

    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL database: many write at once.")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        world = World(options.learners)
        for one in options.only:
            WORK[one](world, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        data.cleanup()
    if catalog.missed:
        sys.exit("Missed: " + ", ".join(catalog.missed))


class World:
    """Learners, and a course with as many runs as are asked for."""

    def __init__(self, learners: int) -> None:
        from accounts.models import User
        from tests.factories import published_course

        self.course = published_course(lessons=12)
        User.objects.bulk_create(
            User(email=f"learner{n}@example.org", credential_name=f"Learner {n}", password="!")
            for n in range(learners)
        )
        self.learner_ids = list(
            User.objects.filter(email__startswith="learner").values_list("pk", flat=True)
        )
        self.unit_ids = list(self.course.units.values_list("pk", flat=True))

    def run(self, seats: int | None = None) -> int:
        return self.runs(1, seats=seats)[0]

    def runs(self, count: int, *, seats: int | None = None) -> list[int]:
        from catalog.models import CourseRun

        made = CourseRun.objects.bulk_create(
            CourseRun(course=self.course, seats=seats) for _ in range(count)
        )
        return [int(run.pk) for run in made]


def at_once(work: Callable[[int, Any], None], shares: list[Any]) -> float:
    """Seconds that all take together, each in a process with a connection of its own."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(len(shares) + 1)

    def go(number: int) -> None:
        from django.db import connection

        connection.ensure_connection()
        gate.wait()
        work(number, shares[number])
        connection.close()

    crew = [context.Process(target=go, args=(number,)) for number in range(len(shares))]
    for one in crew:
        one.start()
    gate.wait()
    started = time.perf_counter()
    for one in crew:
        one.join()
    took = time.perf_counter() - started
    assert not any(one.exitcode for one in crew), "a process failed"
    return took


def dealt(values: list[Any]) -> list[list[Any]]:
    return [values[number::CONNECTIONS] for number in range(CONNECTIONS)]


def measure_rush(world: World, rounds: int) -> None:
    """All want one of the seats of one run, and everyone asks twice."""
    seats = len(world.learner_ids) // 10
    asked = [pk for pk in world.learner_ids for _ in range(2)]
    took: dict[str, list[float]] = {"product": [], "bare": [], "counting": []}
    for number in range(rounds):
        random.Random(number).shuffle(asked)
        run = world.run(seats)
        took["product"].append(at_once(_rush, [(run, share) for share in dealt(asked)]))
        check_rush(run, seats, len(world.learner_ids))
        run = world.run()
        shares = [(run, share) for share in dealt(world.learner_ids)]
        took["bare"].append(at_once(_bare_enrollments, shares))
        # Slow: a tenth of the learners for a tenth of the seats.
        some = world.learner_ids[: len(world.learner_ids) // 10]
        run = world.run(seats)
        took["counting"].append(at_once(_counting, [(run, share) for share in dealt(some)]) * 10)
    each = {name: statistics.median(values) for name, values in took.items()}
    say(
        f"{len(world.learner_ids):,} learners for {seats} seats, each asks twice, "
        f"{CONNECTIONS} connections: {2 * len(world.learner_ids) / each['product']:.0f} a second"
    )
    ratio("  against bare inserts of the same rows", each["bare"] / each["product"], 0.25)
    ratio("  against counting under a lock", each["counting"] / each["product"], 3)


def _rush(number: int, share: tuple[int, list[int]]) -> None:
    from accounts.models import User
    from catalog.models import CourseRun
    from enrollment import actions

    run = CourseRun.objects.select_related("course").get(pk=share[0])
    for pk in share[1]:
        actions.enroll(learner=User(pk=pk), run=run, at=NOW)


def _bare_enrollments(number: int, share: tuple[int, list[int]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for pk in share[1]:
            cursor.execute(BARE_ENROLLMENT, [uuid.uuid4(), pk, share[0], NOW])


def _counting(number: int, share: tuple[int, list[int]]) -> None:
    """As many do it: lock the run, count who is in it, insert. Twice, as all are asked."""
    from django.db import transaction

    from catalog.models import CourseRun
    from enrollment.models import Enrollment

    for pk in [pk for pk in share[1] for _ in range(2)]:
        with transaction.atomic():
            run = CourseRun.objects.select_for_update().get(pk=share[0])
            mine = Enrollment.objects.filter(run=run, learner=pk)
            if mine.exists():
                continue
            active = Enrollment.objects.filter(run=run, status="active").count()
            waiting = Enrollment.objects.filter(run=run, status="waitlisted").count()
            has_seat = run.seats is None or active < run.seats
            Enrollment.objects.create(
                run=run,
                learner_id=pk,
                status="active" if has_seat else "waitlisted",
                waitlist_place=None if has_seat else waiting + 1,
                enrolled_at=NOW,
            )


def check_rush(run: int, seats: int, learners: int) -> None:
    from catalog.models import CourseRun
    from enrollment.models import Enrollment

    rows = Enrollment.objects.filter(run=run)
    assert (
        rows.filter(status="active").count() == seats == CourseRun.objects.get(pk=run).seats_taken
    )
    places = list(
        rows.filter(status="waitlisted")
        .order_by("waitlist_place")
        .values_list("waitlist_place", flat=True)
    )
    assert places == list(range(1, learners - seats + 1)), "the waitlist has a gap"
    assert rows.values("learner").distinct().count() == rows.count() == learners


def measure_enrolling(world: World, rounds: int) -> None:
    """One after the other, over a thousand runs."""
    from accounts.models import User
    from catalog.models import CourseRun
    from enrollment import actions

    took: dict[str, list[float]] = {"product": [], "bare": []}
    for _ in range(rounds):
        runs = list(CourseRun.objects.select_related("course").filter(pk__in=world.runs(1000)))
        pairs = [
            (world.learner_ids[n % len(world.learner_ids)], runs[(n * 7) % len(runs)])
            for n in range(SOME)
        ]
        started = time.perf_counter()
        for pk, run in pairs:
            actions.enroll(learner=User(pk=pk), run=run, at=NOW)
        took["product"].append(time.perf_counter() - started)
        others = world.runs(1000)
        started = time.perf_counter()
        _bare_one_by_one([(pk, others[(n * 7) % 1000]) for n, (pk, _) in enumerate(pairs)])
        took["bare"].append(time.perf_counter() - started)
    each = {name: statistics.median(values) for name, values in took.items()}
    say(f"enrolling over 1,000 runs          {SOME / each['product']:8.0f} a second")
    ratio("  against bare inserts of the same rows", each["bare"] / each["product"], 0.6)


def _bare_one_by_one(pairs: list[tuple[int, int]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for learner, run in pairs:
            cursor.execute(BARE_ENROLLMENT, [uuid.uuid4(), learner, run, NOW])


def measure_requests(world: World, rounds: int) -> None:
    """The form of the website, signed in, beside a view that only says where to go."""
    from django.test import Client

    from accounts.models import User
    from catalog.models import CourseRun

    took: dict[str, list[float]] = {"product": [], "bare": []}
    client = Client()
    learner = User.objects.get(pk=world.learner_ids[0])
    client.force_login(learner)
    for _ in range(rounds):
        ids = CourseRun.objects.filter(pk__in=world.runs(300)).values_list("public_id", flat=True)
        paths = [f"/courses/runs/{public_id}/enroll" for public_id in ids]
        started = time.perf_counter()
        for path in paths:
            assert client.post(path).status_code == 302, path
            # A browser would have shown its greeting on the next page.
            client.cookies.pop("messages", None)
        took["product"].append(time.perf_counter() - started)
        started = time.perf_counter()
        for _ in paths:
            assert client.post("/bench/redirect").status_code == 302
        took["bare"].append(time.perf_counter() - started)
        learner.enrollments.all().delete()
    each = {name: statistics.median(values) for name, values in took.items()}
    say(f"enrolling by the website's form    {300 / each['product']:8.0f} a second")
    ratio("  against a bare view, signed in", each["bare"] / each["product"], 0.28)


def measure_events(world: World, rounds: int) -> None:
    """One in ten is sent twice; each is stored with its progress."""
    from enrollment import actions
    from enrollment.models import Enrollment, ProgressEvent, UnitProgress

    took: dict[str, list[float]] = {"bare": [], "single": [], "arrays": []}
    for number in range(rounds):
        run = world.run()
        Enrollment.objects.bulk_create(
            Enrollment(learner_id=pk, run_id=run, status="active", enrolled_at=NOW)
            for pk in world.learner_ids[: SOME // 5]
        )
        ids = list(Enrollment.objects.filter(run=run).values_list("pk", flat=True))
        for name in ("single", "arrays"):
            events = [
                actions.Event(
                    source=f"bench {number} {name}",
                    event_id=str(n),
                    enrollment_id=ids[n % len(ids)],
                    unit_id=world.unit_ids[n // len(ids) + (0 if name == "single" else 5)],
                    verb="completed",
                    at=NOW,
                )
                for n in range(SOME)
            ]
            sent = events + random.Random(number).sample(events, SOME // 10)
            size = 1 if name == "single" else 100
            started = time.perf_counter()
            stored = sum(
                actions.record_events(sent[first : first + size], received_at=NOW)
                for first in range(0, len(sent), size)
            )
            took[name].append((time.perf_counter() - started) / len(sent))
            assert stored == SOME, stored
            before = UnitProgress.objects.filter(enrollment__in=ids).count()
            assert not actions.record_events(events[:1000], received_at=NOW), "a replay"
            assert before == UnitProgress.objects.filter(enrollment__in=ids).count()
        started = time.perf_counter()
        _bare_events(ids, world.unit_ids[0], number)
        took["bare"].append((time.perf_counter() - started) / SOME)
        ProgressEvent.objects.filter(source__startswith=f"bench {number}").delete()
    each = {name: statistics.median(values) for name, values in took.items()}
    say(f"progress events, one by one        {1 / each['single']:8.0f} a second")
    ratio("  against bare inserts of the events", each["bare"] / each["single"], 0.6)
    say(f"progress events, in arrays of 100  {1 / each['arrays']:8.0f} a second")
    ratio("  against bare inserts of the events", each["bare"] / each["arrays"], 6)


def _bare_events(ids: list[int], unit: int, number: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for n in range(SOME):
            cursor.execute(
                BARE_EVENT,
                [f"bench {number} bare", str(n), ids[n % len(ids)], unit, "completed", NOW, NOW],
            )


STATES: list[dict[str, Any]] = [
    {"status": "active"},
    {"status": "completed", "completed_at": NOW, "completed_by": "units", "grade": 80},
    {"status": "waitlisted", "waitlist_place": 1, "had_seat": False},
    {"status": "offered", "offer_ends_at": NOW, "had_seat": False},
    {"status": "withdrawn", "withdrawn_at": NOW},
]


def measure_home(world: World, rounds: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from enrollment.models import Enrollment

    counts = {}
    for size in (20, 200):
        learner = User.objects.get(pk=world.learner_ids[-size])
        Enrollment.objects.bulk_create(
            Enrollment(learner=learner, run_id=run, enrolled_at=NOW, **STATES[n % len(STATES)])
            for n, run in enumerate(world.runs(size))
        )
        client = Client()
        client.force_login(learner)
        client.get("/learning/")
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            assert client.get("/learning/").status_code == 200
            took = time.perf_counter() - started
        counts[size] = len(queries)
        say(f"learner's home, {size:>3} enrollments  {1000 * took:8.1f} ms, {len(queries)} queries")
    # Caches that fill meanwhile may save one.
    assert counts[200] <= counts[20] <= 12, counts


WORK: dict[str, Callable[[World, int], None]] = {
    "rush": measure_rush,
    "enrolling": measure_enrolling,
    "requests": measure_requests,
    "events": measure_events,
    "home": measure_home,
}

if __name__ == "__main__":
    main()
