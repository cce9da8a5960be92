"""Forgetting a person: the rows in one transaction, then the files that went with them."""

from __future__ import annotations

import datetime
import logging
import uuid

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import nudges, personal_data
from accounts.actions.claiming import claim_one, put_off
from accounts.models import ERASED_DOMAIN, Erasure, User
from lib.nudges import after_commit
from lib.private_storage import PrivateStorage

logger = logging.getLogger(__name__)


class StillAdministers(Exception):
    """Somebody else has to run the installation first."""


@transaction.atomic
def request_erasure(*, user: User, by: User, at: datetime.datetime) -> Erasure:
    """From now on nobody signs in as this person; a worker does the rest. Cannot be taken back.

    Repeating it is harmless. Raises ``StillAdministers``.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.is_superuser:
        raise StillAdministers
    erasure, _ = Erasure.objects.get_or_create(
        user=locked, defaults={"requested_by": by, "requested_at": at, "due_at": at}
    )
    User.objects.filter(pk=user.pk).update(is_active=False)
    after_commit(nudges.ERASE)
    return erasure


def erase_due(*, at: datetime.datetime) -> bool:
    """Do one erasure that is due, or the rest of it; whether there was one."""
    erasure = claim_one(Erasure.objects.due(at=at), at=at)
    if erasure is None:
        return False
    try:
        _erase_rows(erasure, at=at)
        _delete_files(erasure, at=at)
    except Exception as error:  # whatever is wrong with one must not hold up the others
        # The kind of error only: its words may repeat what is in the rows.
        logger.error("erasure %s failed: %s", erasure.pk, type(error).__name__)
        put_off(erasure, failures=erasure.failures, at=at)
    return True


@transaction.atomic
def _erase_rows(erasure: Erasure, *, at: datetime.datetime) -> None:
    # The learner's lock, as for judging: nothing is awarded at this moment.
    user = User.objects.select_for_update(no_key=True).get(pk=erasure.user_id)
    if user.erased_at is None:
        holdings = personal_data.holdings()
        names = [name for one in holdings for name in one.file_names(user)]
        # First, because guards let the words of an audit row go only of those who are erased.
        _forget_name(user, at=at)
        for holding in holdings:
            personal_data.clear_history(holding.rows(user))
            holding.erase(holding.rows(user), at=at)
        erasure.files = names
        Erasure.objects.filter(pk=erasure.pk).update(rows_erased_at=at, files=names)


def _forget_name(user: User, *, at: datetime.datetime) -> None:
    """The row stays: others' rows refer to it. Its new id is known to no other system."""
    name = uuid.uuid4()
    User.objects.filter(pk=user.pk).update(
        public_id=name,
        email=f"{name}@{ERASED_DOMAIN}",
        credential_name="",
        language="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        last_login=None,
        date_joined=at,
        erased_at=at,
    )


def _delete_files(erasure: Erasure, *, at: datetime.datetime) -> None:
    """Deleting what is gone already is no error, so a worker that was killed is no harm."""
    storage = PrivateStorage()
    for name in erasure.files:
        storage.delete(name)
    Erasure.objects.filter(pk=erasure.pk).update(files=[], done_at=at)
