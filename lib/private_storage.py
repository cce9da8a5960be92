"""Files that have no address: kept outside every folder that is served, and only ever saved."""

from __future__ import annotations

import os
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    # Read each time, so that a test's folder is used as soon as it is set.
    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_MEDIA_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("A private file has no address.")


def as_download(content: IO[Any], *, name: str, content_type: str) -> FileResponse:
    """For what somebody else has uploaded: a browser saves it and never shows it."""
    return FileResponse(
        content,
        as_attachment=True,
        filename=name,
        content_type=content_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "private, no-store",
        },
    )
