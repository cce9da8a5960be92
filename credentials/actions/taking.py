"""Learners to judge: taken from the queue of rows, and locked, in one statement."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.db import connection

from credentials.models import JudgementRequest

# Under the learner's lock, in one order for all workers: two requests of one learner served by two
# workers would each miss what the other has just awarded. NO KEY, so that rows which merely refer
# to the learner can go on being written. A rollback puts the requests back.
#
# This transaction need not wait for the disk: a crash that loses it loses the deletion of the
# requests, too, and what is issued later is written after it.
_TAKE = """
WITH taken AS (
    DELETE FROM credentials_judgementrequest WHERE id IN (
        SELECT id FROM credentials_judgementrequest ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING learner_id
)
SELECT accounts_user.id, erased_at FROM accounts_user JOIN taken ON accounts_user.id = learner_id,
    set_config('synchronous_commit', 'off', true)
ORDER BY accounts_user.id FOR NO KEY UPDATE OF accounts_user
"""


class Learner(NamedTuple):
    pk: int
    erased_at: datetime.datetime | None


def learners_due(most: int) -> list[Learner]:
    """The learner of each of up to ``most`` requests, done once this transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [most])
            return [Learner(*row) for row in cursor.fetchall()]
    # SQLite has one writer at a time; there is nothing to lock.
    rows = list(
        JudgementRequest.objects.order_by("pk").values_list(
            "pk", "learner_id", "learner__erased_at"
        )[:most]
    )
    JudgementRequest.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
    learners = (Learner(pk, erased_at) for _, pk, erased_at in rows)
    return sorted(learners, key=lambda learner: learner.pk)
