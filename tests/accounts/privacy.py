"""One about whom much is held: who they are, their archive, and forgetting them."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

from django.core.management import call_command

from accounts import actions
from accounts.models import User
from credentials.models import Credential
from tests.factories import TUESDAY

LATER = TUESDAY + datetime.timedelta(hours=1)
NAME, EMAIL = "Ada Lovelace", "ada@example.org"


def erase(user: User) -> None:
    actions.request_erasure(user=user, by=user, at=TUESDAY)
    assert actions.erase_due(at=TUESDAY)


def archive_of(user: User) -> zipfile.ZipFile:
    actions.request_export(user=user, at=TUESDAY)
    assert actions.make_due(at=TUESDAY)
    export = user.data_exports.get(made_at=TUESDAY)
    return zipfile.ZipFile(io.BytesIO(Path(export.file.path).read_bytes()))


def everything_stored() -> str:
    """The whole database, as text."""
    told = io.StringIO()
    call_command("dumpdata", stdout=told, use_base_manager=True)
    documents = b" ".join(bytes(one.document) for one in Credential.objects.all())
    return told.getvalue() + documents.decode()
