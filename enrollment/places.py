"""Taking a place in a run: a seat if one is free, else the next place on the waitlist.

A count under READ COMMITTED would be no lock, and a lock that spans several round trips would
make a rush wait for the network. So on PostgreSQL it is one call of a function that is installed
with the tables: its plans are kept by the session, and the run's row is held for no longer than
it takes. SQLite, with its single writer, does the same in a transaction.
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

# Of two requests of one learner at the same moment, the unique constraint refuses one, with all
# that its call did. A course with prerequisites lets nobody in who has not been looked at.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION enrollment_take_place(
    a_public_id uuid, a_learner bigint, a_run bigint, a_moment timestamptz, a_admitted boolean
) RETURNS TABLE (id bigint, status text, edition integer, min_grade numeric, place integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    the_course bigint;
    the_place integer;
BEGIN
    IF EXISTS (SELECT 1 FROM enrollment_enrollment e WHERE e.learner_id = a_learner
               AND e.run_id = a_run AND e.status IN ({_LIVE}))
    OR NOT a_admitted AND EXISTS (
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
    RETURN QUERY INSERT INTO enrollment_enrollment AS made (public_id, learner_id, run_id, status,
        told_status, edition, min_grade, waitlist_place, enrolled_at, completed_by)
    SELECT a_public_id, a_learner, a_run,
        CASE WHEN the_place IS NULL THEN 'active' ELSE 'waitlisted' END,
        '', c.edition, c.min_grade, the_place, a_moment, ''
    FROM catalog_course c WHERE c.id = the_course
    RETURNING made.id, made.status::text, made.edition, made.min_grade, made.waitlist_place;
END $$
"""  # noqa: S608  constants
_CALL = (
    "SELECT * FROM enrollment_take_place(%(public_id)s, %(learner)s, %(run)s, %(at)s,"
    " %(is_admitted)s)"
)


def install(*, using: str, **kwargs: Any) -> None:
    """A receiver of ``post_migrate``."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS enrollment_take_place")
            if "enrollment_enrollment" in connections[using].introspection.table_names(cursor):
                cursor.execute(_FUNCTION)


def take(
    *, learner: User, run: CourseRun, at: datetime.datetime, is_admitted: bool
) -> Enrollment | None:
    """The new enrollment; ``None`` if the learner has a live one, or first has to be admitted.

    Raises ``IntegrityError``, having done nothing, when the learner's other request wins.
    """
    made = Enrollment(public_id=uuid.uuid4(), learner=learner, run=run, enrolled_at=at)
    if connection.vendor == "postgresql":
        return made if _by_function(made, is_admitted=is_admitted) else None
    return made if _in_a_transaction(made, is_admitted=is_admitted) else None


def _by_function(made: Enrollment, *, is_admitted: bool) -> bool:
    values: dict[str, Any] = {
        "public_id": made.public_id,
        "learner": made.learner_id,
        "run": made.run_id,
        "at": made.enrolled_at,
        "is_admitted": is_admitted,
    }
    row = first_row(_CALL, values)
    if row is None:
        return False
    made.pk, made.status, made.edition, made.min_grade, made.waitlist_place = row
    made._state.adding, made._state.db = False, connection.alias
    return True


@transaction.atomic
def _in_a_transaction(made: Enrollment, *, is_admitted: bool) -> bool:
    run = CourseRun.objects.select_related("course").get(pk=made.run_id)
    mine = Enrollment.objects.live().filter(learner=made.learner_id, run=run)
    if mine.exists() or (not is_admitted and run.course.prerequisite_nodes.exists()):
        return False
    made.edition, made.min_grade = run.course.edition, run.course.min_grade
    if run.seats is None or run.seats_taken < run.seats:
        made.status = Enrollment.Status.ACTIVE
        run.seats_taken += 1
    else:
        run.waitlist_places_given += 1
        made.status = Enrollment.Status.WAITLISTED
        made.waitlist_place = run.waitlist_places_given
    run.save(update_fields=["seats_taken", "waitlist_places_given"])
    made.save(force_insert=True)
    return True
