"""Learners to judge: taken from the queue of rows, and locked, in one statement."""

from __future__ import annotations

from django.db import connection

from credentials.due import Learner, columns_of_learner
from credentials.models import JudgementRequest
from lib.prepared import Statement

# Under the learner's lock, in one order for all workers: two requests of one learner served by two
# workers would each miss what the other has just awarded. NO KEY, so that rows which merely refer
# to the learner can go on being written. A rollback puts the requests back.
_TAKE = Statement("""
WITH taken AS (
    DELETE FROM credentials_judgementrequest WHERE id IN (
        SELECT id FROM credentials_judgementrequest ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
    ) RETURNING learner_id
)
SELECT accounts_user.id, email, credential_name, language, is_active, erased_at, did
FROM accounts_user JOIN taken ON accounts_user.id = taken.learner_id
    LEFT JOIN credentials_learnerdid ON credentials_learnerdid.learner_id = accounts_user.id
ORDER BY accounts_user.id FOR NO KEY UPDATE OF accounts_user
""")


def learners_due(most: int) -> list[Learner]:
    """The learner of each of up to ``most`` requests, done once this transaction commits."""
    if connection.vendor == "postgresql":
        return [Learner(*row) for row in _TAKE.rows(most)]
    # SQLite has one writer at a time; there is nothing to lock.
    rows = list(
        JudgementRequest.objects.order_by("pk").values_list("pk", *columns_of_learner)[:most]
    )
    JudgementRequest.objects.filter(pk__in=[pk for pk, *_ in rows]).delete()
    learners = (Learner(*columns) for _, *columns in rows)
    return sorted(learners, key=lambda learner: learner.pk)
