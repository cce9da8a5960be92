"""Storing events that are new, and what they say of progress.

On PostgreSQL one call of a function that is installed with the tables does it for one event or a
thousand; SQLite does the same in a transaction. Both hold the enrollments' rows meanwhile: of two
who finish the last two units at the same moment, the second sees both.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, connections, transaction

from enrollment.models import Enrollment, ProgressEvent, UnitProgress
from enrollment.progress import finished
from lib.statements import first_row


@dataclass(frozen=True)
class Event:
    """``source`` and ``event_id`` name it; ``score`` is in percent; ``at``: when it happened."""

    source: str
    event_id: str
    enrollment_id: int
    unit_id: int
    verb: str
    at: datetime.datetime
    score: Decimal | None = None

    @property
    def is_done(self) -> bool:
        return self.verb in ProgressEvent.DONE


_DONE = ", ".join(f"'{verb}'" for verb in ProgressEvent.DONE)
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION enrollment_record_events(
    sources text[], ids text[], enrollments bigint[], units bigint[], verbs text[],
    scores numeric[], moments timestamptz[], received timestamptz
) RETURNS TABLE (new_events bigint, finished bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    count_new bigint;
    touched bigint[];
    all_done bigint[] := ARRAY[]::bigint[];
    one bigint;
    the_course bigint;
    the_edition integer;
BEGIN
    PERFORM 1 FROM enrollment_enrollment e WHERE e.id = ANY (enrollments)
    ORDER BY e.id FOR NO KEY UPDATE;
    WITH incoming AS (
        SELECT * FROM unnest(sources, ids, enrollments, units, verbs, scores, moments)
        AS i (source, event_id, enrollment_id, unit_id, verb, score, at)
    ), stored AS (
        INSERT INTO enrollment_progressevent
            (source, event_id, enrollment_id, unit_id, verb, score, at, received_at)
        SELECT i.source, i.event_id, i.enrollment_id, i.unit_id, i.verb, i.score, i.at, received
        FROM incoming i
        ON CONFLICT (source, event_id) DO NOTHING
        RETURNING enrollment_id, unit_id, verb, at
    ), noted AS (
        INSERT INTO enrollment_unitprogress AS known
            (enrollment_id, unit_id, opened_at, completed_at, seconds_spent)
        SELECT s.enrollment_id, s.unit_id, min(s.at),
            min(s.at) FILTER (WHERE s.verb IN ({_DONE})), 0
        FROM stored s GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (enrollment_id, unit_id) DO UPDATE SET
            opened_at = LEAST(known.opened_at, excluded.opened_at),
            completed_at = LEAST(known.completed_at, excluded.completed_at)
    )
    SELECT count(*), array_agg(DISTINCT s.enrollment_id) FILTER (WHERE s.verb IN ({_DONE}))
    INTO count_new, touched FROM stored s;
    IF touched IS NULL THEN
        RETURN QUERY SELECT count_new, all_done;
        RETURN;
    END IF;
    -- Whoever asks looks closer: this only spares looking at those who are far from the end.
    IF EXISTS (SELECT 1 FROM catalog_unit u WHERE u.id = ANY (units) AND u.is_challenge) THEN
        RETURN QUERY SELECT count_new, touched;
        RETURN;
    END IF;
    FOR one, the_course, the_edition IN
        SELECT e.id, r.course_id, e.edition
        FROM enrollment_enrollment e JOIN catalog_courserun r ON r.id = e.run_id
        WHERE e.id = ANY (touched) AND e.status IN ('active', 'completed', 'withdrawn')
    LOOP
        IF NOT EXISTS (
            SELECT 1 FROM catalog_unit u WHERE u.course_id = the_course AND u.is_required
            AND u.from_edition <= the_edition
            AND (u.until_edition IS NULL OR u.until_edition > the_edition)
            AND NOT EXISTS (SELECT 1 FROM enrollment_unitprogress p
                WHERE p.enrollment_id = one AND p.unit_id = u.id AND p.completed_at IS NOT NULL))
        THEN all_done := all_done || one; END IF;
    END LOOP;
    RETURN QUERY SELECT count_new, all_done;
END $$
"""  # noqa: S608  constants
_CALL = "SELECT * FROM enrollment_record_events(%s, %s, %s, %s, %s, %s::numeric[], %s, %s)"


def install(*, using: str, **kwargs: Any) -> None:
    """A receiver of ``post_migrate``."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS enrollment_record_events")
            if "enrollment_progressevent" in connections[using].introspection.table_names(cursor):
                cursor.execute(_FUNCTION)


def store(events: Sequence[Event], *, received_at: datetime.datetime) -> tuple[int, list[int]]:
    """How many were new, and the enrollments in which all that is required is done now."""
    if connection.vendor == "postgresql":
        return _by_function(events, received_at)
    return _in_a_transaction(events, received_at)


def _by_function(events: Sequence[Event], received_at: datetime.datetime) -> tuple[int, list[int]]:
    new, done = first_row(
        _CALL,
        [
            [one.source for one in events],
            [one.event_id for one in events],
            [one.enrollment_id for one in events],
            [one.unit_id for one in events],
            [one.verb for one in events],
            [one.score for one in events],
            [one.at for one in events],
            received_at,
        ],
    )
    return new, sorted(done)


@transaction.atomic
def _in_a_transaction(
    events: Sequence[Event], received_at: datetime.datetime
) -> tuple[int, list[int]]:
    ids = sorted({one.enrollment_id for one in events})
    list(Enrollment.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    by_name = {(one.source, one.event_id): one for one in reversed(events)}
    known = set(
        ProgressEvent.objects.filter(
            source__in={one.source for one in events}, event_id__in=[one.event_id for one in events]
        ).values_list("source", "event_id")
    )
    new = [one for name, one in by_name.items() if name not in known]
    ProgressEvent.objects.bulk_create(
        ProgressEvent(
            source=one.source,
            event_id=one.event_id,
            enrollment_id=one.enrollment_id,
            unit_id=one.unit_id,
            verb=one.verb,
            score=one.score,
            at=one.at,
            received_at=received_at,
        )
        for one in new
    )
    _note(new)
    done = sorted({one.enrollment_id for one in new if one.is_done})
    return len(new), finished(done) if done else []


def _note(events: Sequence[Event]) -> None:
    """For each unit the earliest opening and the earliest end."""
    pairs = {(one.enrollment_id, one.unit_id) for one in events}
    rows = {
        (row.enrollment_id, row.unit_id): row
        for row in UnitProgress.objects.filter(
            enrollment__in={pair[0] for pair in pairs}, unit__in={pair[1] for pair in pairs}
        )
    }
    for one in events:
        row = rows.setdefault(
            (one.enrollment_id, one.unit_id),
            UnitProgress(enrollment_id=one.enrollment_id, unit_id=one.unit_id, opened_at=one.at),
        )
        row.opened_at = min(row.opened_at, one.at)
        if one.is_done:
            row.completed_at = min(row.completed_at or one.at, one.at)
    changed = [rows[pair] for pair in pairs]
    UnitProgress.objects.bulk_create(row for row in changed if row._state.adding)
    UnitProgress.objects.bulk_update(
        [row for row in changed if not row._state.adding], ["opened_at", "completed_at"]
    )
