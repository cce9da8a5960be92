"""Judging: everyone at once, one completion, the whole way to a credential, preview and reconcile.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python -m benchmarks.awards
        [--learners 1000000] [--rounds 5] [--small] [--only bulk …]

Makes databases of its own beside DATABASE_URL's and drops them again; the role must be a superuser,
as rows are loaded without triggers, and the Redis database one that nothing else uses. Answers are
checked before anything is measured: a wrong one ends the run. Prints medians over the rounds, in
which all contenders take turns, and ends with 1 when a target is missed. The plain loop and the SQL
run over some of the learners, and are compared by learners a second. ``--small`` takes a minute or
two with 50,000 learners, and is content with 0.6 of the targets.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import itertools
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import catalog as limits
from benchmarks.catalog import ratio, say

PARTS = ("incremental", "latency", "races", "bulk", "standing")
LEFT_OUT = 500
"""Learners who are given no awards, and as many whose award loses its evidence: the drift."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    if options.small:
        options.learners = 50_000
        limits.wanted_share = limits.SMALL
    data = tempfile.TemporaryDirectory(prefix="cairn-bench-")
    os.environ |= {"CAIRN_DATA": data.name, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql" or not settings.REDIS_URL:
        sys.exit("Set DATABASE_URL to a PostgreSQL database, and REDIS_URL.")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        if {"incremental", "latency", "races"} & {*options.only}:
            with another_database():
                measure_completions(options)
        if {"bulk", "standing"} & {*options.only}:
            measure_everyone(options)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        data.cleanup()
    if limits.missed:
        sys.exit("Missed: " + ", ".join(limits.missed))


@contextmanager
def another_database() -> Iterator[None]:
    """One as new as the first."""
    from django.db import connection

    suffix, name = "completions", connection.settings_dict["NAME"]
    connection.creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
    clone = connection.creation.get_test_db_clone_settings(suffix)["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = clone
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{clone}" WITH (FORCE)')


def measure_completions(options: Any) -> None:
    from django.db import transaction

    from benchmarks import completions
    from benchmarks.population import Catalog

    is_small = options.small
    with transaction.atomic():
        catalog = Catalog(fields=1)
        learners = completions.Learners(catalog)
    if "incremental" in options.only:
        sizes = (30, 300, 3000) if is_small else (30, 300, 1000, 3000, 10_000)
        each = 30 if is_small else 100
        completions.measure_incremental(catalog, learners, sizes, options.rounds, each)
    if "latency" in options.only:
        seconds, rounds = (2, 2) if is_small else (5, options.rounds)
        completions.measure_latency(learners, seconds, rounds)
    if "races" in options.only:
        completions.measure_races(learners, 500 if is_small else 10_000)


# --- Everyone at once ----------------------------------------------------------------------------


def measure_everyone(options: Any) -> None:
    from django.db import transaction

    from benchmarks.population import Catalog, load
    from credentials.bulk import read_world

    started = time.perf_counter()
    with transaction.atomic():
        catalog = Catalog()
    load(catalog, options.learners)
    say(f"{options.learners:,} learners loaded in {time.perf_counter() - started:.0f} s")
    if "bulk" in options.only:
        measure_bulk(read_world(), options)
        gc.collect()
        say_memory("reading and judging", lambda: judged(read_world()))
    if "standing" in options.only:
        measure_standing(catalog, options)


def judged(world: Any) -> Any:
    from benchmarks.population import NOW
    from credentials.bulk import Judging

    judging = Judging(world, at=NOW)
    judging.run()
    return judging


def measure_bulk(world: Any, options: Any) -> None:
    """Nobody has an award yet: all that 400 rules award is found."""
    from benchmarks.sql_sets import Sets
    from credentials.bulk import read_world

    judging = judged(world)
    awards = sum(len(made.learners) for made in judging.made)
    say(
        f"{len(world.completions['pk']):,} completions and {len(world.in_force)} rules make"
        f" {awards:,} awards"
    )
    check_by_oracle(world, judging, 25 if options.small else 100)
    sample = Sample(world, 300 if options.small else 1000)
    sample.check(judging)
    some = min(world.count, 20_000 if options.small else 100_000)
    sets = Sets(world, upward(judging), last=int(world.learners[some - 1]))
    check_sets(world, judging, sets, some)

    def by_sets() -> None:
        sets.judge()

    contenders: dict[str, Callable[[], Any]] = {
        "reading alone": reading_alone,
        "reading and judging": lambda: judged(read_world()),
        "judging in memory": partial(judged, world),
        "plain loop": sample.judge,
        "SQL sets": by_sets,
    }
    times = turns(options.rounds, contenders, after={"SQL sets": sets.forget})
    sets.drop()
    learners = {"plain loop": sample.count, "SQL sets": some}
    rates = {
        name: [learners.get(name, world.count) / one for one in of] for name, of in times.items()
    }
    for name, of in rates.items():
        count = learners.get(name, world.count)
        say(
            f"{name:<22}{statistics.median(of):12,.0f} learners a second"
            f" ({count:,} in {statistics.median(times[name]):.2f} s)"
        )
    show(rates, "judging in memory", "plain loop", 100)
    show(rates, "judging in memory", "SQL sets", 10)
    show(rates, "reading and judging", "reading alone", 0.5)


def turns(
    rounds: int,
    contenders: dict[str, Callable[[], Any]],
    *,
    after: dict[str, Callable[[], Any]] | None = None,
) -> dict[str, list[float]]:
    """The seconds of each in each round."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            gc.collect()
            started = time.perf_counter()
            work()
            took[name].append(time.perf_counter() - started)
            (after or {}).get(name, lambda: None)()
    return took


def show(rates: dict[str, list[float]], mine: str, other: str, target: float) -> None:
    quotients = [one / two for one, two in zip(rates[mine], rates[other], strict=True)]
    ratio(f"  {mine} against {other}", statistics.median(quotients), target)


def say_memory(name: str, work: Callable[[], Any]) -> None:
    """The most memory that a process takes for this, in a process of its own."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()

    def go() -> None:
        work()
        theirs.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
        connections.close_all()

    process = context.Process(target=go)
    process.start()
    theirs.close()
    gigabytes = mine.recv()
    process.join()
    verdict = "met" if gigabytes <= 4 else "MISSED"
    if verdict == "MISSED":
        limits.missed.append(f"memory of {name}")
    say(f"{name}: at most {gigabytes:.2f} GiB of memory (target ≤ 4: {verdict})")


COPIED = {
    "enrollment_enrollment WHERE status = 'completed'": (
        "id, learner_id, run_id, completed_at, grade, edition"
    ),
    "credentials_award": (
        "id, learner_id, achievement_id, version_id, number, decided_at, grade, expires_at,"
        " revoked_at, granted_by_id"
    ),
    "credentials_recognition WHERE withdrawn_at IS NULL": (
        "id, learner_id, course_id, skill_id, recognized_at, grade, until"
    ),
    "credentials_pursuit": "learner_id, achievement_id, version_id",
}


def reading_alone() -> None:
    """The same columns of the same rows, as they are stored, by COPY; and thrown away."""
    from django.db import connection

    with connection.cursor() as cursor, Path(os.devnull).open("wb") as nowhere:
        for rows, columns in COPIED.items():
            cursor.copy_expert(
                f"COPY (SELECT {columns} FROM {rows}) TO STDOUT (FORMAT binary)", nowhere
            )


def upward(judging: Any) -> list[Any]:
    """The rules in force, each after those that it stands on."""
    world = judging.world
    order = sorted(world.in_force, key=lambda achievement: judging._order.get(achievement, 0))
    return [world.rules[world.in_force[achievement]] for achievement in order]


# --- Right? --------------------------------------------------------------------------------------


def found_by(judging: Any, places: set[int]) -> dict[int, set[tuple[int, int, bool]]]:
    """Achievement, version, and whether it renews one, of all that these learners get."""
    import numpy as np

    found: dict[int, set[tuple[int, int, bool]]] = {place: set() for place in places}
    wanted = np.array(sorted(places))
    for made in judging.made:
        for place in np.intersect1d(made.learners, wanted).tolist():
            found[place].add((made.rule.achievement_id, made.rule.version_id, made.is_renewal))
    return found


def check_by_oracle(world: Any, judging: Any, some: int) -> None:
    """Every so many-th learner, by the oracle of the tests."""
    from benchmarks.population import NOW
    from tests.credentials.plain_judging import Learner

    places = range(0, world.count, world.count // some)
    few = narrowed(world, places)
    found = found_by(judging, {*places})
    for number, place in enumerate(places):
        assert found[place] == Learner(few, number, NOW).earned(), f"learner {place}"
    say(f"{len(places)} learners get what the oracle of the tests gives them")


def narrowed(world: Any, places: range) -> Any:
    """The world with these learners alone."""
    import numpy as np

    from credentials.bulk.world import COLUMNS

    number = np.full(world.count, -1, dtype=np.int32)
    number[list(places)] = np.arange(len(places))
    tables = {}
    for name in COLUMNS:
        rows = getattr(world, name)
        kept = number[rows["learner"]] >= 0
        tables[name] = {column: values[kept] for column, values in rows.items()}
        tables[name]["learner"] = number[tables[name]["learner"]]
    return dataclasses.replace(world, learners=world.learners[list(places)], **tables)


class Sample:
    """Some learners, and what each has, for judging one after the other as the product does."""

    def __init__(self, world: Any, count: int) -> None:
        from credentials.evidence import standings_of

        self.world = world
        self.places = range(0, world.count, world.count // count)
        self.count = len(self.places)
        self.standings = standings_of(world.learners[list(self.places)].tolist())
        self.judge()

    def judge(self) -> dict[int, set[tuple[int, int, bool]]]:
        from benchmarks.population import NOW
        from credentials.actions.judge import _earned

        pks = itertools.count(1)
        return {
            learner: {
                (one.rule.achievement_id, one.rule.version_id, False)
                for one in _earned(dataclasses.replace(standing, awards=[], _plain={}), pks, at=NOW)
            }
            for learner, standing in self.standings.items()
        }

    def check(self, judging: Any) -> None:
        found = found_by(judging, {*self.places})
        by_learner = {int(self.world.learners[place]): of for place, of in found.items()}
        assert by_learner == self.judge(), "one by one is not as all at once"
        say(f"{self.count:,} learners get what judging one by one gives them")


def check_sets(world: Any, judging: Any, sets: Any, some: int) -> None:
    sets.judge()
    everyone = {
        (int(world.learners[place]), made.rule.achievement_id)
        for made in judging.made
        for place in made.learners[made.learners < some].tolist()
    }
    assert sets.awards() == everyone, "SQL finds something else"
    sets.forget()
    say(f"{some:,} learners get what SQL gives them")


# --- When everyone has what they have earned -----------------------------------------------------


def measure_standing(catalog: Any, options: Any) -> None:
    """Preview and reconciling, beside reading and judging the same awards once."""
    import numpy as np

    from benchmarks.population import NOW, spoil, store_awards
    from catalog import actions as catalog_actions
    from catalog import rules
    from credentials import preview, reconciling
    from credentials.bulk import read_world
    from credentials.models import Award, AwardEvidence

    world = read_world()
    judging = judged(world)
    left_out = np.arange(0, world.count, world.count // LEFT_OUT)
    missing = sum(len(np.intersect1d(made.learners, left_out)) for made in judging.made)
    started = time.perf_counter()
    store_awards(world, judging, without=left_out)
    spoiled = spoil(LEFT_OUT)
    say(
        f"{Award.objects.count():,} awards and {AwardEvidence.objects.count():,} rows of evidence"
        f" stored in {time.perf_counter() - started:.0f} s"
    )
    del world, judging
    run = reconciling.reconcile(at=NOW, repair=False)
    surplus = {*run.drifts.filter(kind="surplus").values_list("award", flat=True)}
    assert spoiled <= surplus, "an award without evidence was not found"
    assert run.found == missing + len(surplus), (run.found, missing, len(surplus))
    say(f"reconciling finds {missing:,} that are missing and {len(surplus):,} without reason")
    stack = catalog.stacks[0]
    draft = catalog_actions.draft_version(achievement=stack)
    tree = rules.load(stack.versions.get(number=1))
    assert isinstance(tree, rules.Group)
    rules.store(draft, dataclasses.replace(tree, n=3))
    foreseen = preview.preview(draft, at=NOW)
    held = Award.objects.filter(achievement=stack).count()
    say(f"preview of one change: {len(foreseen.lose):,} of {held:,} would not have it")
    contenders: dict[str, Callable[[], Any]] = {
        "reading and judging": lambda: judged(read_world()),
        "reconciling": lambda: reconciling.reconcile(at=NOW, repair=False),
        "preview": lambda: preview.preview(draft, at=NOW),
    }
    times = turns(options.rounds, contenders)
    for name, of in times.items():
        say(f"{name:<22}{statistics.median(of):12.2f} s")
    for name in ("reconciling", "preview"):
        quotients = [
            one / two for one, two in zip(times[name], times["reading and judging"], strict=True)
        ]
        value = statistics.median(quotients)
        verdict = limits.at_most(name, value, 3)
        say(f"  {name} against reading and judging {value:8.2f} x {verdict}")
    for name in ("reconciling", "preview"):
        say_memory(name, contenders[name])


if __name__ == "__main__":
    main()
