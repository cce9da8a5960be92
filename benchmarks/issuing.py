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
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from benchmarks import catalog
from benchmarks.catalog import ratio, say

NOW = datetime.datetime(2026, 3, 3, 9, 0, tzinfo=datetime.UTC)
PROVED = 2000
SOME = 2000
SLOW = 40
LOOKED_UP = 1000
ISSUED = 20_000
"""So many of those stored are issued for it, in so many parts, with copies in between."""
PARTS = 20


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


def measure_status_list(world: World, rounds: int) -> None:
    """131,072 places with one in fifty set: read from the rows, packed, signed, stored."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from credentials import actions
    from credentials.actions import status_lists
    from credentials.models import Credential, StatusList
    from credentials.vc import status_list

    awards = world.due_awards(2600)
    while actions.issue_due(at=NOW):
        pass
    Credential.objects.filter(award__in=awards).update(revoked_at=NOW, revocation_reason="x")
    listed = StatusList.objects.get()
    took = []
    for _ in range(rounds + 1):
        StatusList.objects.filter(pk=listed.pk).update(changes=listed.changes + 1)
        listed.refresh_from_db()
        started = time.process_time()
        status_lists.sign(listed.pk, at=NOW)
        took.append(time.process_time() - started)
    listed.refresh_from_db()
    content = json.loads(bytes(listed.document))["credentialSubject"]["encodedList"]
    bits = status_list.decode(content)
    assert sum(byte.bit_count() for byte in bits) == len(awards), "a place is missing"
    with CaptureQueriesContext(connection) as queries:
        assert actions.sign_due_status_lists(at=NOW) == 0
    assert len(queries) == 1, "a list that did not change was read"
    say(f"status list, {len(awards):,} places set  {1000 * statistics.median(took[1:]):10.1f} ms")
    ratio("  target of 50 ms against it", 0.05 / statistics.median(took[1:]), 1)


def measure_pictures(world: World, rounds: int) -> None:
    """What a learner takes along, made for each anew: the certificate, and the badge."""
    from credentials import pictures
    from credentials.certificates import certificate
    from credentials.models import Credential
    from credentials.vc import baking, carriers

    documents = [bytes(one) for one in Credential.objects.values_list("document", flat=True)[:40]]
    pdf = certificate(documents[0], language="en")
    assert carriers.unwrap(pdf).content == documents[0], "the PDF carries something else"
    svg, png = pictures.badge(world.version)
    baked = baking.bake_png(png, documents[0])
    assert baking.read_png(baked) == documents[0], "the badge carries something else"
    of_svg = baking.bake_svg(svg, documents[0].decode())
    assert baking.read_svg(of_svg.encode()) == documents[0], "the badge carries something else"

    def bake(document: bytes) -> None:
        svg, png = pictures.badge(world.version)
        baking.bake_png(png, document)
        baking.bake_svg(svg, document.decode())

    contenders: dict[str, tuple[Callable[[], Any], int]] = {
        "certificate": (lambda: [certificate(one, language="en") for one in documents], 40),
        "badge": (lambda: [bake(one) for one in documents], 40),
    }
    rates = in_turns(contenders, rounds, time.process_time)
    for name, most, what in (
        ("certificate", 0.010, "certificate PDF, warm"),
        ("badge", 0.001, "badge baked, PNG and SVG"),
    ):
        took = 1 / statistics.median(rates[name])
        say(f"{what:<34}{1000 * took:10.2f} ms")
        ratio(f"  target of {1000 * most:g} ms against it", most / took, 1)


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


def analyze() -> None:
    """As PostgreSQL does by itself within a minute, which a round does not take."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def check_issued(awards: list[int]) -> None:
    from credentials.models import Credential

    rows = Credential.objects.filter(award__in=awards)
    assert rows.count() == len(awards), "an award was issued twice, or not"
    places = rows.values("status_list", "status_index").distinct().count()
    assert places == len(awards), "a place was given twice"


def fill(world: World, stored: int) -> None:
    """So many credentials more, those that were issued spread over the whole table."""
    from credentials import actions

    issued = min(stored, ISSUED)
    for part in range(PARTS):
        world.due_awards(issued // PARTS)
        while actions.issue_due(at=NOW):
            pass
        copies = (stored - issued) // PARTS
        copy(range(part * copies, (part + 1) * copies))


def copy(numbers: range) -> None:
    """Rows like those that were issued, but for awards and in lists that do not exist.

    So they can be told from others, and a million takes a minute.
    """
    from django.db import connection, transaction

    from credentials.models.status_lists import LIST_LENGTH

    with transaction.atomic(), connection.cursor() as cursor:
        # Neither foreign keys nor guards are looked at.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """
INSERT INTO credentials_credential (public_id, award_id, key_id, document, recipient_name,
    status_list_id, status_index, issued_at, visibility, revocation_reason, suspension_reason)
SELECT gen_random_uuid(), -1 - n, key_id, document, recipient_name,
    -1 - n / %(places)s, n %% %(places)s, issued_at, visibility, '', ''
FROM generate_series(%(first)s, %(last)s) AS n
JOIN (
    SELECT row_number() OVER () - 1 AS place, * FROM credentials_credential
    WHERE award_id > 0 LIMIT %(different)s
) AS made ON place = n %% %(different)s
""",
            {
                "first": numbers.start,
                "last": numbers.stop - 1,
                "places": LIST_LENGTH,
                "different": SOME,
            },
        )


def measure_verifying(world: World, stored: int, rounds: int) -> None:
    """By the id, through the service's function, beside a bare select of the same row."""
    from django.db import connection

    from credentials import actions, verifying, verifying_own
    from credentials.models import Credential
    from credentials.vc.verify import Verdict

    fill(world, stored)
    analyze()
    actions.sign_due_status_lists(at=NOW)
    issued = Credential.objects.filter(award__gt=0)
    ids = list(issued.filter(revoked_at=None).values_list("public_id", flat=True))
    draw = random.Random(1)
    for public_id in draw.sample(ids, 20):
        report = verifying_own.verify_id(public_id)
        whole = verifying.verify_stored(Credential.objects.get(public_id=public_id))
        assert report is not None
        assert report.verdict == whole.verdict == Verdict.VALID
        assert report.checks == whole.checks
    revoked = Credential.objects.filter(revoked_at__isnull=False).first()
    assert revoked
    report = verifying_own.verify_id(revoked.public_id)
    assert report is not None
    assert report.verdict == Verdict.REVOKED

    def select(some: list[uuid.UUID]) -> float:
        started = time.perf_counter()
        with connection.cursor() as cursor:
            for public_id in some:
                cursor.execute(
                    "SELECT document FROM credentials_credential WHERE public_id = %s",
                    [public_id],
                )
                assert cursor.fetchone()
        return len(some) / (time.perf_counter() - started)

    def verify(some: list[uuid.UUID]) -> float:
        started = time.perf_counter()
        for public_id in some:
            found = verifying_own.verify_id(public_id)
            assert found is not None
            assert found.is_valid
        return len(some) / (time.perf_counter() - started)

    rates: dict[str, list[float]] = {"verify": [], "select": []}
    for _ in range(rounds):
        some = draw.sample(ids, LOOKED_UP)
        select(some)
        rates["verify"].append(verify(some))
        rates["select"].append(select(some))
    say(f"stored                            {Credential.objects.count():10,}")
    say(f"verify one of them by id          {statistics.median(rates['verify']):10,.0f} a second")
    say(f"bare select of the same row       {statistics.median(rates['select']):10,.0f} a second")
    show(rates, "verify", "select", 0.25)


if __name__ == "__main__":
    main()
