"""What is made of credentials that were issued: status lists, certificates and badges."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.catalog import ratio, say
from benchmarks.world import NOW, World, in_turns


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
