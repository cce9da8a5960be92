"""Verifying one of many credentials by its id, beside a bare select of the same row."""

from __future__ import annotations

import random
import statistics
import time
import uuid

from benchmarks.catalog import say
from benchmarks.world import NOW, SOME, World, analyze, show

LOOKED_UP = 1000
ISSUED = 20_000
"""So many of those stored are issued for it, in so many parts, with copies in between."""
PARTS = 20


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
