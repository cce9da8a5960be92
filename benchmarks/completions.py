"""From a completion to what it earns: the queries and the time of judging it, and the whole way."""

from __future__ import annotations

import contextlib
import multiprocessing
import select
import statistics
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from benchmarks import catalog as limits
from benchmarks.catalog import ratio, say
from benchmarks.enrollment import at_once
from benchmarks.issuing import a_worker, wait
from benchmarks.population import NOW, Catalog

NEARLY = (6, 8, 9, 15, 19, 20, 25, 33, 34, 35)
"""Courses that the tracks of a field ask for, and one more of each; and some that none does."""
DRIVERS = 2
EVENTS_A_SECOND = 300
SILENCE = 20
"""Seconds after which nothing is expected any more."""

COMPLETE = """
UPDATE enrollment_enrollment SET status = 'completed', completed_at = %(at)s,
    completed_by = 'units' WHERE id = %(enrollment)s
"""
COMPLETE_AND_ASK = f"""
WITH done AS ({COMPLETE})
INSERT INTO credentials_judgementrequest (learner_id, requested_at) VALUES (%(learner)s, %(at)s)
"""
TELL = """
CREATE OR REPLACE FUNCTION tell_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('benchmark', string_agg(learner_id::text, ' ')) FROM made {join};
    RETURN NULL;
END $$;
CREATE TRIGGER benchmark AFTER INSERT ON {table} REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_{table}()
"""


class Learners:
    """Some who are about to complete a course that a catalog's first track asks for."""

    def __init__(self, catalog: Catalog) -> None:
        from catalog.models import CourseRun, Unit
        from tests.factories import published_course

        self.catalog = catalog
        self.course = published_course(title="The last one", lessons=1)
        self.two = published_course(title="In two halves", lessons=2)
        self.other = published_course(title="The other one", lessons=1)
        catalog.stack("both", self.course, self.other)
        self.made = 0
        self.runs = {
            course.pk: CourseRun.objects.get(course=course).pk
            for course in (self.course, self.two, self.other)
        }
        self.units = {
            course.pk: list(
                Unit.objects.filter(course=course).order_by("position").values_list("pk", flat=True)
            )
            for course in (self.course, self.two, self.other)
        }

    def join(self, count: int, *courses: Any) -> list[list[int]]:
        """New learners who take these courses; the numbers of their enrollments, and their own.

        They read the news in their inbox: how long a mail server takes is not the question.
        """
        from django.db import connection

        from accounts.models import User
        from enrollment.models import Enrollment
        from notifications.models import Delivery, Kind, Preference

        learners = User.objects.bulk_create(
            (
                User(
                    email=f"newcomer{n}@example.org",
                    credential_name=f"Newcomer {n}",
                    password="!",
                )
                for n in range(self.made, self.made + count)
            ),
            batch_size=5000,
        )
        self.made += count
        Preference.objects.bulk_create(
            Preference(user=learner, kind=Kind.CREDENTIAL_ISSUED, delivery=Delivery.NONE)
            for learner in learners
        )
        Enrollment.objects.bulk_create(
            (
                Enrollment(
                    learner=learner,
                    run_id=run.pk,
                    status="completed",
                    told_status="completed",
                    enrolled_at=NOW,
                    completed_at=NOW,
                    completed_by="units",
                    grade=Decimal(75),
                )
                for learner in learners
                for run in (self.catalog.runs[place] for place in NEARLY)
            ),
            batch_size=5000,
        )
        joined = [
            Enrollment.objects.bulk_create(
                (
                    Enrollment(
                        learner=learner,
                        run_id=self.runs[course.pk],
                        status="active",
                        told_status="active",
                        enrolled_at=NOW,
                    )
                    for learner in learners
                ),
                batch_size=5000,
            )
            for course in courses
        ]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return [
            [learner.pk, *(one.pk for one in enrollments)]
            for learner, *enrollments in zip(learners, *joined, strict=True)
        ]

    def finish(self, enrollment: int, unit: int) -> None:
        from enrollment import actions
        from enrollment.actions import Event

        event = Event(
            source="benchmark",
            event_id=f"{enrollment} {unit}",
            enrollment_id=enrollment,
            unit_id=unit,
            verb="completed",
            at=NOW,
        )
        actions.record_events([event], received_at=NOW)


def judge_all() -> None:
    from credentials import actions

    while actions.judge_due(at=NOW):
        pass


def issue_all() -> None:
    from credentials import actions

    while actions.issue_due(at=NOW):
        pass


# --- Judging one completion ----------------------------------------------------------------------


def measure_incremental(
    catalog: Catalog, learners: Learners, sizes: Sequence[int], rounds: int, each: int
) -> None:
    """One completion after the other: the event, then judging, while the rules become more."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from credentials import actions
    from credentials.models import Award
    from lib import ids

    judge_all()
    asked, quotients, judging = {}, {}, {}
    for size in sizes:
        catalog.grow(size)
        learner_ids = learners.join((rounds + 1) * each + 2, learners.course)
        unit = learners.units[learners.course.pk][0]
        # What is in force has changed, and the rules that this touches are read anew once.
        (_, enrollment), (learner, counted), *rest = learner_ids
        learners.finish(enrollment, unit)
        judge_all()
        learners.finish(counted, unit)
        # Now and then there is one query more, for the keys of the next two hundred awards.
        next(ids.following(Award))
        with CaptureQueriesContext(connection) as queries:
            assert actions.judge_due(at=NOW) == 1
        statements = [query["sql"] for query in queries if not _is_of_the_transaction(query["sql"])]
        asked[size] = len(statements)
        assert _earned(learner), "the completion earned nothing"
        took: list[tuple[float, float]] = []
        for number in range(rounds + 1):
            event, whole = 0.0, 0.0
            for _, enrollment in rest[number * each : (number + 1) * each]:
                started = time.perf_counter()
                learners.finish(enrollment, unit)
                done = time.perf_counter()
                actions.judge_due(at=NOW)
                event += done - started
                whole += time.perf_counter() - started
            took.append((event, whole))
        quotients[size] = statistics.median(whole / event for event, whole in took[1:])
        judging[size] = statistics.median(whole - event for event, whole in took[1:]) / each
        say(
            f"{size:>7,} rules: {asked[size]} queries, the one that writes among them;"
            f" judging {1000 * judging[size]:.1f} ms,"
            f" event and judging {quotients[size]:.2f} x the event"
        )
    say(f"queries to judge one completion {limits.at_most('queries', max(asked.values()), 3)}")
    most = max(quotients.values())
    say(f"event and judging  {most:.2f} x the event {limits.at_most('event and judging', most, 2)}")
    growth = judging[sizes[-1]] / judging[sizes[0]]
    say(f"judging among {sizes[-1]:,} rules against {sizes[0]:,}  {growth:.2f} x")


def _is_of_the_transaction(sql: str) -> bool:
    return sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))


def _earned(learner: int) -> int:
    from credentials.models import Award

    return Award.objects.filter(learner=learner).count()


# --- The whole way -------------------------------------------------------------------------------


def measure_latency(learners: Learners, seconds: float, rounds: int) -> None:
    """300 completions a second; one worker with two processes judges, signs and stores.

    Beside it the same completions, each of which sends a task that inserts one row.
    """
    from credentials.models import JudgementRequest

    count = int(EVENTS_A_SECOND * seconds)
    found: dict[str, list[list[float]]] = {"credential": [], "row": []}
    judge_all()
    issue_all()
    with a_worker(), _triggers():
        for number in range(rounds + 1):
            for name, of in found.items():
                some = learners.join(count, learners.course)
                took = _driven(some, to_row=name == "row")
                assert len(took) == count, f"{count - len(took)} of {count} are missing"
                if number:
                    of.append(sorted(took))
                JudgementRequest.objects.all().delete()
    halves = {
        name: statistics.median(statistics.median(one) for one in of) for name, of in found.items()
    }
    ends = {
        name: statistics.median(one[int(0.95 * len(one))] for one in of)
        for name, of in found.items()
    }
    for name in found:
        say(
            f"from completion to {name:<10} at {EVENTS_A_SECOND} a second: 50 % in"
            f" {1000 * halves[name]:.1f} ms, 95 % in {1000 * ends[name]:.1f} ms"
        )
    ratio("  a row's 50 % against a credential's", halves["row"] / halves["credential"], 0.5)
    # Two processes are near what Celery can do at this rate: once its tasks queue up, they stay so.
    quickest = min(statistics.median(one) for one in found["row"])
    say(
        f"  a row's quickest round: 50 % in {1000 * quickest:.1f} ms,"
        f" {quickest / halves['credential']:.2f} x a credential's"
    )
    end = 1000 * ends["credential"]
    say(f"  95 % of credentials in {end:.0f} ms {limits.at_most('95 % of credentials', end, 50)}")


@contextlib.contextmanager
def _triggers() -> Iterator[None]:
    """The database tells the moment at which the last row of each learner can be seen."""
    from django.db import connection

    told = {
        "credentials_credential": "JOIN credentials_award ON credentials_award.id = award_id",
        "benchmark_row": "",
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_row (learner_id bigint)")
        for table, join in told.items():
            cursor.execute(TELL.format(table=table, join=join))
    yield
    with connection.cursor() as cursor:
        for table in told:
            cursor.execute(f"DROP TRIGGER benchmark ON {table}")


def _driven(some: list[list[int]], *, to_row: bool) -> list[float]:
    """The seconds of each learner, from when the completion could be seen to when the end could."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    observer = context.Process(target=_observe, args=(theirs, {learner for learner, _ in some}))
    observer.start()
    assert mine.recv() == "ready"
    began = context.RawArray("d", len(some))
    at_once(
        lambda number, _: _drive(some, began, range(number, len(some), DRIVERS), to_row=to_row),
        [None] * DRIVERS,
    )
    ended = mine.recv()
    observer.join()
    return [
        ended[learner] - moment
        for (learner, _), moment in zip(some, began, strict=True)
        if learner in ended
    ]


def _drive(some: list[list[int]], began: Any, places: range, *, to_row: bool) -> None:
    """Each in one statement: what it takes to learn of a completion is not the question here."""
    from django.db import connection

    from benchmarks.tasks import insert
    from credentials import nudges
    from lib.nudges import wake

    start = time.monotonic()
    with connection.cursor() as cursor:
        for place in places:
            learner, enrollment = some[place]
            time.sleep(max(0.0, start + place / EVENTS_A_SECOND - time.monotonic()))
            statement = COMPLETE if to_row else COMPLETE_AND_ASK
            cursor.execute(statement, {"at": NOW, "learner": learner, "enrollment": enrollment})
            began[place] = time.monotonic()
            if to_row:
                insert.delay(learner)
            else:
                wake(nudges.JUDGE)
    late = time.monotonic() - start - len(some) / EVENTS_A_SECOND
    if late > 0.1:
        say(f"  (completions came {late:.1f} s late: this machine is too slow for so many)")


def _observe(pipe: Any, wanted: set[int]) -> None:
    """Note when the database tells of what, until it has of all of these, or does no more."""
    import psycopg2
    from django.db import connections

    settings = connections["default"].settings_dict
    connection = psycopg2.connect(
        host=settings["HOST"],
        port=settings["PORT"] or 5432,
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
    )
    connection.autocommit = True
    connection.cursor().execute("LISTEN benchmark")
    pipe.send("ready")
    ended: dict[int, float] = {}
    while wanted and select.select([connection], [], [], SILENCE)[0]:
        connection.poll()
        now = time.monotonic()
        for notice in connection.notifies:
            learners = [int(one) for one in notice.payload.split()]
            ended |= dict.fromkeys(learners, now)
            wanted.difference_update(learners)
        connection.notifies.clear()
    pipe.send(ended)


# --- Two at once ---------------------------------------------------------------------------------


def measure_races(learners: Learners, tries: int) -> None:
    """Two units of one learner are finished at the same moment, by two connections.

    Of every second learner they are the halves of one course, of the others two courses of a track.
    """
    from django.db import connection

    from credentials.models import Award, JudgementRequest

    one = [(row[1], row[1]) for row in learners.join(tries // 2, learners.two)]
    two = [
        (row[1], row[2])
        for row in learners.join(tries - tries // 2, learners.course, learners.other)
    ]
    halves = learners.units[learners.two.pk]
    singles = learners.units[learners.course.pk][0], learners.units[learners.other.pk][0]
    asked = [*((pair, halves) for pair in one), *((pair, singles) for pair in two)]
    gate = multiprocessing.get_context("fork").Barrier(2)

    def finish(number: int, share: Any) -> None:
        for pair, units in asked:
            gate.wait()
            learners.finish(pair[number], units[number])

    before = Award.objects.count()
    with a_worker():
        took = at_once(finish, [None, None])
        wait(lambda: not JudgementRequest.objects.exists())
        time.sleep(1)
        judge_all()
    connection.close()
    # The course of two halves earns its own; the track is earned with both of its courses.
    missing = before + len(one) + 3 * len(two) - Award.objects.count()
    assert not missing, f"{missing} awards were lost"
    say(f"two units of one learner at once, {tries:,} tries in {took:.0f} s: no award lost")
