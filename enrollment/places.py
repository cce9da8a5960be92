"""Taking a place in a run: a seat if one is free, else the next place on the waitlist.

A count under READ COMMITTED would be no lock, and a lock that spans several round trips would
make a rush wait for the network. So on PostgreSQL it is one call of a function that is installed
with the tables: its plans are kept by the session, and the run's row is held for no longer than
it takes. SQLite, with its single writer, does the same in a transaction.

Alone, that call is of a procedure, which gives the run's row free before the disk has the commit,
and only then waits for the disk: a rush waits for it together instead of one after the other.
Nobody is answered before what they are told is on the disk, and what a crash loses, nobody was
told.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import connection, connections, transaction

from accounts.models import User
from catalog.models import CourseRun
from enrollment.models import Enrollment
from lib.statements import first_row

_LIVE = ", ".join(f"'{status}'" for status in Enrollment.LIVE)
_FIELDS = Enrollment._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_ARGUMENTS = (
    "a_public_id uuid, a_learner bigint, a_run bigint, a_moment timestamptz, a_admitted boolean"
)

# Of two requests of one learner at the same moment, the unique constraint refuses one, with all
# that its call did. A course with prerequisites lets nobody in who has not been looked at.
_FUNCTION = f"""
CREATE FUNCTION enrollment_take_place({_ARGUMENTS}) RETURNS SETOF enrollment_enrollment
LANGUAGE plpgsql AS $$
DECLARE
    the_course bigint;
    the_place integer;
BEGIN
    RETURN QUERY SELECT * FROM enrollment_enrollment e WHERE e.learner_id = a_learner
        AND e.run_id = a_run AND e.status IN ({_LIVE}) AND e.taken_again_at IS NULL;
    IF FOUND THEN RETURN; END IF;
    RETURN QUERY SELECT * FROM enrollment_enrollment e WHERE e.learner_id = a_learner
        AND e.run_id = a_run AND e.withdrawn_at > a_moment ORDER BY e.withdrawn_at LIMIT 1;
    IF FOUND OR NOT a_admitted AND EXISTS (
        SELECT 1 FROM catalog_prerequisite p JOIN catalog_courserun r
        ON r.course_id = p.of_course_id WHERE r.id = a_run)
    THEN RETURN; END IF;
    UPDATE catalog_courserun r SET seats_taken = r.seats_taken + 1
    WHERE r.id = a_run AND (r.seats IS NULL OR r.seats_taken < r.seats)
    RETURNING r.course_id INTO the_course;
    IF NOT FOUND THEN
        UPDATE catalog_courserun r SET waitlist_places_given = r.waitlist_places_given + 1
        WHERE r.id = a_run RETURNING r.course_id, r.waitlist_places_given
        INTO the_course, the_place;
    END IF;
    RETURN QUERY INSERT INTO enrollment_enrollment (public_id, learner_id, run_id, status,
        told_status, edition, min_grade, had_seat, waitlist_place, enrolled_at, completed_by)
    SELECT a_public_id, a_learner, a_run,
        CASE WHEN the_place IS NULL THEN 'active' ELSE 'waitlisted' END,
        '', c.edition, c.min_grade, the_place IS NULL, the_place, a_moment, ''
    FROM catalog_course c WHERE c.id = the_course
    RETURNING *;
END $$
"""  # noqa: S608  constants
_SAID = [f"o_{name}" for name in _NAMES]
_ANSWER = ", ".join(
    f"INOUT {said} enrollment_enrollment.{field.column}%TYPE"
    for said, field in zip(_SAID, _FIELDS, strict=True)
)
# Anything that a transaction writes to the log will do for the second commit: it waits until the
# disk has all that came before, of every connection.
_PROCEDURE = f"""
CREATE PROCEDURE enrollment_take_place_alone({_ARGUMENTS}, {_ANSWER})
LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL synchronous_commit = off;
    SELECT {_COLUMNS} INTO {", ".join(_SAID)}
    FROM enrollment_take_place(a_public_id, a_learner, a_run, a_moment, a_admitted);
    COMMIT;
    PERFORM pg_logical_emit_message(true, 'enrollment', '');
END $$
"""  # noqa: S608  constants
_REMOVE = """
DROP PROCEDURE IF EXISTS enrollment_take_place_alone;
DROP FUNCTION IF EXISTS enrollment_take_place;
"""
_VALUES = "%(public_id)s, %(learner)s, %(run)s, %(at)s, %(is_admitted)s"
_CALL = f"SELECT {_COLUMNS} FROM enrollment_take_place({_VALUES})"  # noqa: S608
_CALL_ALONE = f"CALL enrollment_take_place_alone({_VALUES}{', NULL' * len(_FIELDS)})"


def install(*, using: str, **kwargs: Any) -> None:
    """A receiver of ``post_migrate``."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute(_REMOVE)
            if "enrollment_enrollment" in connections[using].introspection.table_names(cursor):
                cursor.execute(_FUNCTION + ";" + _PROCEDURE)


def take(
    *, learner: User, run: CourseRun, at: datetime.datetime, is_admitted: bool
) -> Enrollment | None:
    """The learner's enrollment, new or known; ``None`` if they first have to be admitted.

    Known is a live one, or one that has ended since ``at``: that request comes late, or again.
    Raises ``IntegrityError``, having done nothing, when the learner's other request wins.
    """
    if connection.vendor == "postgresql":
        return _by_function(learner=learner, run=run, at=at, is_admitted=is_admitted)
    return _in_a_transaction(learner=learner, run=run, at=at, is_admitted=is_admitted)


def known(learner: User, run: CourseRun, *, at: datetime.datetime) -> Enrollment | None:
    mine = Enrollment.objects.filter(learner=learner, run=run)
    ended = mine.filter(withdrawn_at__gt=at).order_by("withdrawn_at")
    return mine.current().first() or ended.first()


def _by_function(
    *, learner: User, run: CourseRun, at: datetime.datetime, is_admitted: bool
) -> Enrollment | None:
    values = {
        "public_id": uuid.uuid4(),
        "learner": learner.pk,
        "run": run.pk,
        "at": at,
        "is_admitted": is_admitted,
    }
    # Within somebody's transaction it is theirs to say when the disk is waited for.
    row = first_row(_CALL_ALONE if connection.get_autocommit() else _CALL, values)
    if row is None or row[0] is None:
        return None
    enrollment = Enrollment.from_db(connection.alias, _NAMES, row)
    enrollment.learner, enrollment.run = learner, run
    return enrollment


@transaction.atomic
def _in_a_transaction(
    *, learner: User, run: CourseRun, at: datetime.datetime, is_admitted: bool
) -> Enrollment | None:
    found = known(learner, run, at=at)
    if found is not None:
        return found
    run = CourseRun.objects.select_related("course").get(pk=run.pk)
    if not is_admitted and run.course.prerequisite_nodes.exists():
        return None
    made = Enrollment(
        learner=learner,
        run=run,
        enrolled_at=at,
        edition=run.course.edition,
        min_grade=run.course.min_grade,
    )
    if run.seats is None or run.seats_taken < run.seats:
        made.status = Enrollment.Status.ACTIVE
        run.seats_taken += 1
    else:
        run.waitlist_places_given += 1
        made.status, made.had_seat = Enrollment.Status.WAITLISTED, False
        made.waitlist_place = run.waitlist_places_given
    run.save(update_fields=["seats_taken", "waitlist_places_given"])
    made.save(force_insert=True)
    return made
