"""The catalog at 100,000 courses: searches, pages, and the index, each beside what limits it.

    python -m benchmarks.catalog [--courses 100000] [--rounds 5] [--small]

Makes a database of its own (SQLite, or a test database beside DATABASE_URL's) and drops it again.
Answers are checked first: a wrong one ends the run. Prints medians over the rounds, in which all
contenders take turns, and ends with 1 when a target is missed. ``--small`` takes a minute or two
with 2,000 courses, and is content with 0.6 of the targets.
"""

from __future__ import annotations

import argparse
import http.client
import io
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FACETS = ("field", "level", "language", "provider", "format")
WORDS = (
    "python",
    "data",
    "machine",
    "learning",
    "sql",
    "security",
    "cloud",
    "finance",
    "risk",
    "statistics",
    "network",
    "web",
    "design",
    "project",
    "quality",
    "software",
    "testing",
    "model",
    "analysis",
    "audit",
)
REQUESTS = 60
TOKEN = "the token of the benchmark"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
"""Read by the API alone; sent to all, so that nobody gains by it."""
NEWEST = "SELECT id, slug, title, summary FROM catalog_course WHERE status = 'published'"
STATEMENTS = {
    "first page": f"{NEWEST} ORDER BY published_at DESC, id DESC LIMIT 20",
    "results page": f"{NEWEST} AND field = 'data' ORDER BY published_at DESC, id DESC LIMIT 20",
    "course page": "SELECT * FROM catalog_course WHERE id = (SELECT MAX(id) FROM catalog_course)",
    "track page": "SELECT * FROM catalog_track ORDER BY id LIMIT 1",
}
STATEMENTS |= {
    "API search": STATEMENTS["results page"],
    "API list": f"{NEWEST} ORDER BY id LIMIT 20",
    "API course": STATEMENTS["course page"],
}
"""The cheapest statement that could give the same rows: no facets, no total, nothing else."""
SMALL = 0.6
"""So much of a target is enough in a small run: little work, and every disturbance counts."""
wanted_share = 1.0
missed: list[str] = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=100_000)
    parser.add_argument("--skills", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    if options.small:
        options.courses, options.skills = 2000, 1000
        global wanted_share  # noqa: PLW0603
        wanted_share = SMALL
    data = tempfile.TemporaryDirectory(prefix="cairn-bench-")
    os.environ |= {
        "CAIRN_DATA": data.name,
        "CAIRN_SEARCH_INDEX": "on",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_BYTES": data.name,
        "PYTHONPATH": str(ROOT),
    }
    import django

    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        say(f"{connection.vendor}, {options.courses:,} courses, {options.skills:,} skills")
        prepare()
        measure_slope(options.courses, options.skills, name)
        measure_index()
        check()
        measure_searches(options.rounds)
        measure_pages(options.rounds, Path(data.name), name)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        data.cleanup()
    if missed:
        sys.exit("Missed: " + ", ".join(missed))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def prepare() -> None:
    import datetime

    from django.core.management import call_command
    from django.utils import timezone
    from oauth2_provider.models import AccessToken

    from accounts.models import ApiClient

    call_command("load_demo", stdout=io.StringIO())
    AccessToken.objects.create(
        application=ApiClient.objects.filter(organization__isnull=False).first(),
        token=TOKEN,
        scope="catalog:read",
        expires=timezone.now() + datetime.timedelta(days=1),
    )


def measure_slope(courses: int, skills: int, database: str) -> None:
    """The same pages while the catalog grows tenfold and tenfold again."""
    from django.db import connection

    from benchmarks.dataset import grow
    from catalog.models import Course
    from catalog.search import index as indexes

    sources = list(Course.objects.values("title", "summary", "description"))
    paths = {
        "browse": "/courses/?sort=newest&page=2",
        "course": Course.objects.published().order_by("pk")[0].get_absolute_url(),
        "API list": "/api/v1/courses",
        "API search": "/api/v1/courses/search?field=data&sort=newest",
    }
    have = 0
    say("a second, one process     " + "".join(f"{name:>12}" for name in paths))
    for size in (courses // 100, courses // 10, courses):
        grow(sources, courses=size - have, skills=skills)
        have = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        index = indexes.live()
        assert index is not None
        index.build()
        with served(database) as port:
            times = in_turns(
                3, {name: lambda path=path: visit(port, [path]) for name, path in paths.items()}
            )
        say(
            f"  {size:>9,} courses       "
            + "".join(f"{REQUESTS / times[name]:>12.0f}" for name in paths)
        )


def measure_index() -> None:
    from catalog.models import Course
    from catalog.search import courses_changed
    from catalog.search import index as indexes

    index = indexes.live()
    assert index is not None
    started, worked = time.perf_counter(), time.process_time()
    index.build()
    took_all, worked = time.perf_counter() - started, time.process_time() - worked
    verdict = at_most("index, full build", took_all, 30)
    say(f"index, full build            {took_all:8.1f} s   {verdict}, computing {worked:.1f} s")
    indexes.LOOK_AGAIN = 0.0
    took = []
    for course in Course.objects.published()[:7]:
        courses_changed([course.pk])
        started = time.perf_counter()
        index.searcher()
        took.append(time.perf_counter() - started)
    indexes.LOOK_AGAIN = 1.0
    median = 1000 * statistics.median(took)
    verdict = at_most("index, one changed course", median, 50)
    say(f"index, one changed course    {median:8.1f} ms  {verdict}")
    index.build()


def wishes() -> list[Any]:
    """60 % words, 30 % filters, 10 % all of it, the same at each run."""
    from accounts.models import Organization
    from catalog.models import Field, Participation
    from catalog.search import Filters

    mix = random.Random(5)
    providers = list(Organization.objects.order_by("slug").values_list("slug", flat=True))
    made = []
    for number in range(100):
        if number % 10 < 6:
            made.append(Filters(text=" ".join(mix.sample(WORDS, mix.choice([1, 1, 2, 3])))))
        elif number % 10 < 9:
            values = {
                "field": frozenset([mix.choice(Field.values)]),
                "level": frozenset(mix.sample("4567", 2)),
                "format": frozenset([mix.choice(Participation.values)]),
                "provider": frozenset(mix.sample(providers, 3)),
            }
            chosen = dict(mix.sample(sorted(values.items()), mix.choice([1, 2])))
            made.append(Filters(values=chosen, hours_to=mix.choice([None, 10, 30])))
        else:
            made.append(Filters(sort=mix.choice(["newest", "hours", "start"])))
    return made


def check() -> None:
    """The index says what the database says, for filters and for words."""
    from django.utils import timezone

    from catalog.search import find, plain
    from catalog.search.analysis import indexed, words
    from catalog.search.entries import entries

    today = timezone.localdate()
    some = [wish for wish in wishes() if not wish.text][:6]
    for wish in some:
        found = find(wish, facets=("field", "level", "language", "format"))
        assert found.total == plain.narrowed(wish, day=today).count(), wish
        for facet, counts in found.facets.items():
            assert counts == plain.counts(wish, facet, day=today), (wish, facet)
    texts = [wish for wish in wishes() if wish.text][:5]
    totals = [0] * len(texts)
    answers = [find(wish) for wish in texts]
    # A word that no course has is replaced by its nearest.
    looked_for = [
        words(found.corrected or wish.text) for found, wish in zip(answers, texts, strict=True)
    ]
    for entry in entries(day=today):
        known = {word for text in entry.texts.values() for word in indexed(text)}
        for place, wanted in enumerate(looked_for):
            totals[place] += any(
                word in known or (len(word) > 2 and any(k.startswith(word) for k in known))
                for word in wanted
            )
    assert totals == [found.total for found in answers], "words"
    say("answers                        as the database gives them")


def measure_searches(rounds: int) -> None:
    from catalog.search import find, finding, queries, vocabulary
    from catalog.search import index as indexes

    index = indexes.live()
    assert index is not None
    searcher = index.searcher()
    all_wishes = wishes()

    def product() -> None:
        for wish in all_wishes:
            finding._remembered.clear()
            find(wish, facets=FACETS)

    # The engine alone: queries that are ready, one search and as few countings as can be.
    ready = []
    for wish in all_wishes:
        matching = queries.matching(vocabulary.terms(wish.text)) if wish.text else None
        free = [facet for facet in FACETS if not wish.chosen(facet)]
        countings = [(queries.narrowed(wish, matching), free)] + [
            (queries.narrowed(wish, matching, without=facet), [facet])
            for facet in FACETS
            if facet not in free
        ]
        ready.append((wish, matching, countings))

    def engine() -> None:
        for wish, matching, countings in ready:
            hits = finding._page(searcher, wish, matching, 20)
            searcher.fast_field_values("pk", [address for _, address in hits.hits])
            for query, facets in countings:
                searcher.aggregate(
                    query,
                    {f: {"terms": {"field": f, "size": finding.SHOWN.get(f, 500)}} for f in facets},
                )

    # One of each sort, and once: plain Django takes many seconds for words.
    few = [all_wishes[0], all_wishes[6], all_wishes[9]]

    def plain_orm() -> None:
        for wish in few:
            finding._by_database(wish, FACETS, 20)

    times = in_turns(rounds, {"product": product, "engine": engine})
    times |= in_turns(1, {"orm": plain_orm})
    each = {
        "product": times["product"] / len(all_wishes),
        "engine": times["engine"] / len(all_wishes),
        "orm": times["orm"] / len(few),
    }
    say(f"search with five facets      {1000 * each['product']:8.2f} ms")
    ratio("  against the engine alone", each["engine"] / each["product"], 0.9)
    ratio("  against plain Django", each["orm"] / each["product"], 25)


def measure_pages(rounds: int, folder: Path, database: str) -> None:
    from catalog.models import Course, Track

    course = Course.objects.published().order_by("-pk").first()
    track = Track.objects.published().first()
    assert course is not None
    assert track is not None
    mix = random.Random(9)
    asked = [wish.urlencode() for wish in wishes()]
    mix.shuffle(asked)
    searches = [f"/courses/?{query}" for query in asked]
    kinds: dict[str, tuple[list[str], float]] = {
        "first page": (["/courses/"], 0.18),
        "results page": (searches, 0.18),
        "course page": ([course.get_absolute_url()], 0.25),
        "track page": ([track.get_absolute_url()], 0.25),
        "API search": ([f"/api/v1/courses/search?{query}" for query in asked], 0.16),
        "API list": (["/api/v1/courses?page_size=20"], 0.0),
        "API course": ([f"/api/v1/courses/{course.public_id}"], 0.0),
    }
    with served(database) as port:
        for name, (paths, target) in kinds.items():
            body = fetch(port, paths[0])
            (folder / name.replace(" ", "-")).write_bytes(body)
            bare = [f"/bench/bare/{name.replace(' ', '-')}"]
            runs = {
                "page": lambda paths=paths: visit(port, paths),
                "bare": lambda bare=bare: visit(port, bare),
                "sql": lambda name=name: ask(STATEMENTS[name]),
            }
            times = in_turns(rounds, runs)
            for side, addresses in (("page", paths), ("bare", bare)):
                rate, slowest = REQUESTS / times[side], 1000 * p95(port, addresses)
                label = name if side == "page" else "  a bare view"
                say(f"{label:<20} {rate:9.0f} a second, 95 % in {slowest:.1f} ms")
            ratio(f"  {name} against it", times["bare"] / times["page"], target)
            ratio("  against one SQL statement", times["sql"] / times["page"], 0)
        few_paths = [path for path in searches if "q=" not in path][:3]
        orm_paths = [path.replace("/courses/", "/bench/orm") for path in few_paths]
        few = in_turns(
            1,
            {
                "orm": lambda: [fetch(port, path) for path in orm_paths],
                "page": lambda: [fetch(port, path) for path in few_paths],
            },
        )
        ratio("results page against the same by plain Django", few["orm"] / few["page"], 25)


def in_turns(rounds: int, contenders: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Seconds, each the median over the rounds; one round before them warms up."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1 if rounds > 1 else 1):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            if number or rounds == 1:
                took[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in took.items()}


def ratio(name: str, value: float, target: float) -> None:
    verdict = ""
    if target:
        target *= wanted_share
        verdict = f" (target ≥ {target:.2g}: {judged(name, value >= target)})"
    say(f"{name:<46} {value:8.3g} x{verdict}")


def at_most(name: str, value: float, target: float) -> str:
    return f"(target ≤ {target:g}: {judged(name, value <= target / wanted_share)})"


def judged(name: str, is_met: bool) -> str:
    if not is_met:
        missed.append(name.strip())
    return "met" if is_met else "MISSED"


@contextmanager
def served(database: str) -> Iterator[int]:
    """The platform under gunicorn, with one process, on the measured database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = os.environ | {"BENCH_DATABASE": database}
    command = [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "-b", f"127.0.0.1:{port}"]
    options = [
        "-w",
        "1",
        "--threads",
        "1",
        "-k",
        "gthread",
        "--log-level",
        "error",
        "--timeout",
        "600",
    ]
    server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                fetch(port, "/healthz")
                break
            except OSError:
                assert time.monotonic() < deadline, "gunicorn did not start"
                time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def visit(port: int, paths: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(REQUESTS):
        connection.request("GET", paths[number % len(paths)], headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.client.OK, (paths[number % len(paths)], answer.status)
    connection.close()


def ask(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(REQUESTS):
            cursor.execute(statement)
            cursor.fetchall()


def p95(port: int, paths: list[str]) -> float:
    took = []
    for number in range(REQUESTS):
        started = time.perf_counter()
        fetch(port, paths[number % len(paths)])
        took.append(time.perf_counter() - started)
    return sorted(took)[int(0.95 * len(took))]


def fetch(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path, headers=HEADERS)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == http.client.OK, (path, answer.status)
    return body


if __name__ == "__main__":
    main()
