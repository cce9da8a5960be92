"""The archive of a person's data: a JSON file for each kind of rows, and their files."""

from __future__ import annotations

import json
import zipfile
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder

from accounts import personal_data
from accounts.models import User
from accounts.personal_data import Holding

README = "README.txt"
INTRODUCTION = """\
All that this site holds about you.

Each .json file is a list of rows of one kind; times are in UTC. The folder "files" holds what you
handed in and the credentials that were signed for you, as they are.
"""


def write(user: User, target: IO[bytes]) -> None:
    """Piece by piece: no list of rows and no file is ever whole in memory."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        said = [f"{one.name}.json: {one.about}" for one in personal_data.holdings()]
        archive.writestr(README, "\n".join([INTRODUCTION, *said, ""]))
        for holding in personal_data.holdings():
            with archive.open(f"{holding.name}.json", "w", force_zip64=True) as file:
                _write_rows(holding, user, file)
            for name, chunks in holding.attachments(holding.rows(user)):
                with archive.open(f"files/{name}", "w", force_zip64=True) as file:
                    for chunk in chunks:
                        file.write(chunk)


def _write_rows(holding: Holding, user: User, file: IO[bytes]) -> None:
    before = "[\n"
    for row in holding.values(user):
        text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        file.write(f"{before}{text}".encode())
        before = ",\n"
    file.write(b"[]\n" if before == "[\n" else b"\n]\n")
