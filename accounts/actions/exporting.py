"""All that is held about a person, as one archive that they download."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path

from django.db import transaction

from accounts import archive, nudges
from accounts.actions.claiming import claim_one, put_off
from accounts.models import DataExport, User
from accounts.models.requests import archive_name
from accounts.signals import export_made
from lib.nudges import after_commit

logger = logging.getLogger(__name__)

KEPT = datetime.timedelta(days=7)


@transaction.atomic
def request_export(*, user: User, at: datetime.datetime) -> DataExport:
    """Ask for an archive; while one is being made, asking again returns that one."""
    # Two requests at the same moment: the second waits here and finds the first one's row.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    made, _ = DataExport.objects.get_or_create(
        user=user, made_at=None, defaults={"requested_at": at, "due_at": at}
    )
    after_commit(nudges.EXPORT)
    return made


def make_due(*, at: datetime.datetime) -> bool:
    """Make one archive that is due; whether there was one."""
    export = claim_one(DataExport.objects.due(at=at).select_related("user"), at=at)
    if export is None:
        return False
    try:
        _make(export, at=at)
    except Exception as error:  # whatever is wrong with one must not hold up the others
        # The kind of error only: its words may repeat what is in the rows.
        logger.error("export %s failed: %s", export.pk, type(error).__name__)
        put_off(export, failures=export.failures, at=at)
    return True


def _make(export: DataExport, *, at: datetime.datetime) -> None:
    name = archive_name(export, "")
    path = Path(DataExport._meta.get_field("file").storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Under another name until it is whole. A second try writes over what a killed worker left.
    unfinished = path.with_suffix(".part")
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:
        archive.write(export.user, file)
    unfinished.replace(path)
    with transaction.atomic():
        is_wanted = DataExport.objects.filter(pk=export.pk, made_at=None).update(
            made_at=at, expires_at=at + KEPT, file=name, size=path.stat().st_size
        )
        if is_wanted:
            export_made.send(sender=DataExport, export=export)
    if not DataExport.objects.filter(pk=export.pk).exists():
        # The person was erased while it was written.
        path.unlink(missing_ok=True)


def delete_expired(*, at: datetime.datetime) -> None:
    """The file first: a row without a file is found again, a file without a row never."""
    for export in DataExport.objects.filter(expires_at__lte=at):
        export.file.storage.delete(str(export.file))
        DataExport.objects.filter(pk=export.pk).delete()
