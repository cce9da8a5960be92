"""Signing, issuing and verifying, each beside what limits it.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python -m benchmarks.issuing
        [--awards 8000] [--stored 20000] [--rounds 5] [--small]

``--stored 1000000`` is the large size; most of them are copies, which only make the table large.
Makes a database of its own beside DATABASE_URL's and drops
it again; the Redis database must be one that nothing else uses. Answers are checked before anything
is measured: a wrong one ends the run. Prints medians over the rounds, in which all contenders take
turns, and ends with 1 when a target is missed. What is bound to one core is measured by the time
that the core spent. ``--small`` takes a minute, and is content with less.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import catalog
from benchmarks.catalog import ratio, say
from benchmarks.documents import measure_pictures, measure_status_list
from benchmarks.verifying import measure_verifying
from benchmarks.world import NOW, SOME, World, analyze, in_turns, show

PROVED = 2000
SLOW = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--awards", type=int, default=8000)
    parser.add_argument("--stored", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    if options.small:
        catalog.wanted_share = catalog.SMALL
        options.awards, options.stored = 1000, 5000
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
        world = World()
        limit = measure_signing(world, options.rounds)
        measure_status_list(world, options.rounds)
        measure_pictures(world, options.rounds)
        measure_worker(world, options.awards, options.rounds, limit=limit)
        measure_verifying(world, options.stored, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        data.cleanup()
    if catalog.missed:
        sys.exit(f"Missed: {', '.join(catalog.missed)}.")


def measure_signing(world: World, rounds: int) -> float:
    """Returns the documents that one core signs in a second."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    from credentials import addresses, keys
    from credentials.actions.jwts import BATCH as JWTS_AT_ONCE
    from credentials.vc import data_integrity, jwt, multikey, template

    proved = PROVED if catalog.wanted_share == 1 else PROVED // 10
    terms: dict[str, Any] = {
        "private_key": world.signer,
        "verification_method": addresses.key_id(world.key),
        "created": NOW,
    }

    def sign_by_reference(document: dict[str, Any]) -> bytes:
        signed = data_integrity.add_proof(document, **terms)
        return json.dumps(signed, ensure_ascii=False).encode()

    for document in world.documents(proved):
        fast = template.render(document)
        slow = template.by_reference(document)
        assert (fast.n_quads, fast.text) == (slow.n_quads, slow.text), document["id"]
        assert template._by_template(document), "the template was not used"
    some = world.documents(SOME)
    for document in some[:SLOW]:
        assert data_integrity.sign(document, **terms) == sign_by_reference(document)
    say(f"{proved} documents are byte-equal by template and by reference")

    key = keys.active_key(organization=world.organization, kind=keys.Kind.P256, at=NOW)
    signer = keys.open_key(key)
    public_key = multikey.decode_p256(key.public_key_multibase)
    header = jwt.header(public_key, key_id=addresses.jwk_id(key))
    signed = [data_integrity.sign(document, **terms) for document in some]
    claims = [jwt.Claims.of(document) for document in some]

    def by_jwt() -> Iterator[bytes]:
        """In batches, as they are signed on request."""
        for start in range(0, SOME, JWTS_AT_ONCE):
            envelope = jwt.Envelope(signer, header=header)
            batch = slice(start, start + JWTS_AT_ONCE)
            yield from map(envelope.close, signed[batch], claims[batch])

    tokens = list(by_jwt())
    for token, claim in zip(tokens, claims, strict=True):
        _, payload, said, signature = jwt.read(token.decode())
        assert jwt.is_signature_valid(said, signature, public_key=public_key)
        assert json.loads(payload)["jti"] == claim.id
    inputs = [token.rsplit(b".", 1)[0] for token in tokens]
    raw_p256 = ec.generate_private_key(ec.SECP256R1())
    es256 = ec.ECDSA(hashes.SHA256())
    digest = os.urandom(64)

    contenders: dict[str, tuple[Callable[[], Any], int]] = {
        "raw Ed25519 over 64 bytes": (lambda: [world.signer.sign(digest) for _ in some], SOME),
        "template": (lambda: [data_integrity.sign(one, **terms) for one in some], SOME),
        "reference": (lambda: [sign_by_reference(one) for one in some[:SLOW]], SLOW),
        "raw ES256 over the same text": (lambda: [raw_p256.sign(i, es256) for i in inputs], SOME),
        "VC-JWT": (lambda: deque(by_jwt(), maxlen=0), SOME),
    }
    rates = in_turns(contenders, rounds, time.process_time)
    for name in contenders:
        say(f"{name:<34}{statistics.median(rates[name]):10,.0f} a second and core")
    show(rates, "template", "raw Ed25519 over 64 bytes", 0.22)
    show(rates, "template", "reference", 50)
    show(rates, "VC-JWT", "raw ES256 over the same text", 0.6)
    return statistics.median(rates["template"])


@contextlib.contextmanager
def a_worker() -> Iterator[None]:
    """One worker with two processes, on this database."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict
    address = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}"
        f":{database['PORT'] or 5432}/{database['NAME']}"
    )
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-q", "-A", "benchmarks.tasks", "worker"),
            *("--concurrency", "2", "--loglevel", "ERROR"),
        ],
        env={**os.environ, "DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL},
        cwd=settings.BASE_DIR,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(20)


def wait(done: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + 120
    while not done():
        assert time.perf_counter() < deadline, "the worker does not finish"
        time.sleep(0.005)


def measure_worker(world: World, awards: int, rounds: int, *, limit: float) -> None:
    """Due awards become stored credentials, beside tasks that do nothing.

    Both wait already when the clock starts, the awards in their table and the tasks in their queue.
    """
    import redis
    from django.conf import settings

    from benchmarks.tasks import empty
    from config.celery import app
    from credentials import nudges
    from credentials.models import Award, Credential

    world.keep_messages_here()
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    took: dict[str, list[float]] = {"issued": [], "empty": []}

    def issued() -> bool:
        # As the index of what is due knows it: asked often, it must cost next to nothing.
        return not Award.objects.filter(issued_at=None, revoked_at=None).exists()

    def is_idle() -> bool:
        return not broker.llen("celery") and not broker.hlen("unacked")

    with a_worker():
        empty.delay()
        wait(is_idle)
        for _ in range(rounds + 1):
            due = world.due_awards(awards)
            started = time.perf_counter()
            for _ in range(2):
                app.send_task(nudges.ISSUE)
            wait(issued)
            took["issued"].append(awards / (time.perf_counter() - started))
            check_issued(due)
            analyze()
            wait(is_idle)
            app.control.cancel_consumer("celery", reply=True, timeout=5)
            for _ in range(SOME):
                empty.delay()
            assert broker.llen("celery") >= SOME - 10, "the worker did not wait"
            started = time.perf_counter()
            app.control.add_consumer("celery")
            wait(is_idle)
            took["empty"].append(SOME / (time.perf_counter() - started))
    broker.flushdb()
    assert Credential.objects.count() == Award.objects.count()
    # The first round warms the worker up.
    took = {name: rates[1:] for name, rates in took.items()}
    say(f"awards issued by one worker       {statistics.median(took['issued']):10,.0f} a second")
    say(f"empty tasks by the same worker    {statistics.median(took['empty']):10,.0f} a second")
    quotients = [one / two for one, two in zip(took["issued"], took["empty"], strict=True)]
    ratio("  against empty tasks", statistics.median(quotients), 5)
    ratio("  against what one core signs", statistics.median(took["issued"]) / limit, 0.2)


def check_issued(awards: list[int]) -> None:
    from credentials.models import Credential

    rows = Credential.objects.filter(award__in=awards)
    assert rows.count() == len(awards), "an award was issued twice, or not"
    places = rows.values("status_list", "status_index").distinct().count()
    assert places == len(awards), "a place was given twice"


if __name__ == "__main__":
    main()
