"""Files that learners hand in: what they are is told from their content, never from their name."""

from __future__ import annotations

import codecs
import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from lib.text import clean_name

TEXT = "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    f"{OFFICE}.wordprocessingml.document": (".docx",),
    f"{OFFICE}.spreadsheetml.sheet": (".xlsx",),
    f"{OFFICE}.presentationml.presentation": (".pptx",),
    f"{OPEN_DOCUMENT}.text": (".odt",),
    TEXT: (".txt", ".md", ".csv"),
}
"""What is accepted, with the endings that such a file may have; the first is given to others."""

ACCEPT = ",".join(ending for endings in EXTENSIONS.values() for ending in endings)

SIGNATURES = (
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
OFFICE_PARTS = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}.presentationml.presentation",
}

# A ZIP file ends in a record of its directory, 22 bytes long when no comment follows.
END_OF_DIRECTORY = 22
ZIP64_LOCATOR = 20
MAX_DIRECTORY_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Refused(ValueError):
    """The file is not accepted; the message says to the learner why, and what to do."""


@dataclass(frozen=True)
class Upload:
    """A file that was looked into and may be kept."""

    name: str
    content_type: str
    size: int
    sha256: str
    file: File[bytes]


class FileRow(Protocol):
    """A row that describes an upload and says where it is kept."""

    name: Any
    content_type: Any
    size: Any
    sha256: Any

    @property
    def file(self) -> FieldFile: ...

    def save(self) -> None: ...


def keep(row: FileRow, upload: Upload) -> None:
    """Store the file, and the row that describes it; neither if one of them fails."""
    row.name, row.content_type = upload.name, upload.content_type
    row.size, row.sha256 = upload.size, upload.sha256
    row.file.save(upload.name, upload.file, save=False)
    try:
        row.save()
    except BaseException:
        row.file.delete(save=False)
        raise


@contextmanager
def removed_on_failure() -> Iterator[list[FileRow]]:
    """A rollback takes back rows and no files: those of the rows in the list are removed here."""
    kept: list[FileRow] = []
    try:
        yield kept
    except BaseException:
        for row in kept:
            row.file.delete(save=False)
        raise


def checked(file: UploadedFile[bytes]) -> Upload:
    """Look into the file. Raises ``Refused``."""
    given = PurePath((file.name or "").replace("\\", "/")).name[:80] or _("The file")
    size = file.size or 0
    if not size:
        raise Refused(_("“%(name)s” is empty.") % {"name": given})
    if size > settings.MAX_UPLOAD_BYTES:
        raise Refused(
            _("“%(name)s” is too large. A file may have %(most)s MB.")
            % {"name": given, "most": settings.MAX_UPLOAD_BYTES // 1024**2}
        )
    content_type = _sniff(file, given)
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    name = _name(file.name or "", content_type)
    return Upload(name, content_type, size, digest.hexdigest(), file)


def _chunks(file: UploadedFile[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(64 * 1024):
        yield chunk


def _sniff(file: UploadedFile[bytes], name: str) -> str:
    file.seek(0)
    head = file.read(16)
    for signature, content_type in SIGNATURES:
        if signature.match(head):
            return content_type
    if head.startswith(b"PK"):
        return _document(file, name)
    if _is_text(file):
        return TEXT
    raise Refused(
        _(
            "“%(name)s” is of a kind that is not accepted. Hand in PDF, Word, Excel, PowerPoint,"
            " OpenDocument text, a picture (PNG, JPEG, GIF, WebP), or plain text in UTF-8."
        )
        % {"name": name}
    )


def _is_text(file: UploadedFile[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(file):
            if CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _document(file: UploadedFile[bytes], name: str) -> str:
    """The kind of an office document, by its directory: nothing large is ever unpacked."""
    archive = Refused(_("“%(name)s” is an archive. Hand in the files themselves.") % {"name": name})
    if not _has_small_directory(file):
        raise archive
    try:
        with zipfile.ZipFile(file) as opened:
            entries = {entry.filename: entry for entry in opened.infolist()}
            kind = _open_document(opened, entries) or _office_document(entries)
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError) as error:
        raise archive from error
    if kind is None:
        raise archive
    if any(entry.endswith("vbaProject.bin") for entry in entries) or any(
        entry.startswith("Basic/") for entry in entries
    ):
        raise Refused(_("“%(name)s” contains macros. Save it without them.") % {"name": name})
    if sum(entry.file_size for entry in entries.values()) > MAX_UNPACKED_BYTES:
        raise Refused(
            _("“%(name)s” unpacks to more than %(most)s MB. Make it smaller.")
            % {"name": name, "most": MAX_UNPACKED_BYTES // 1024**2}
        )
    return kind


def _has_small_directory(file: UploadedFile[bytes]) -> bool:
    """Whether ``zipfile`` may read the directory: it does so at once, however large it is."""
    size = file.size or 0
    start = max(size - END_OF_DIRECTORY - ZIP64_LOCATOR, 0)
    file.seek(start)
    tail = file.read()
    end = tail[-END_OF_DIRECTORY:]
    return (
        end.startswith(b"PK\x05\x06")
        and end.endswith(b"\0\0")
        and not tail.startswith(b"PK\x06\x07")
        and int.from_bytes(end[12:16], "little") <= MAX_DIRECTORY_BYTES
    )


def _office_document(entries: dict[str, zipfile.ZipInfo]) -> str | None:
    if "[Content_Types].xml" not in entries:
        return None
    return next((kind for part, kind in OFFICE_PARTS.items() if part in entries), None)


def _open_document(opened: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> str | None:
    # The format asks for this entry to be short and stored as it is.
    entry = entries.get("mimetype")
    if entry is None or entry.compress_type != zipfile.ZIP_STORED or entry.file_size > 100:
        return None
    kind = opened.read(entry).decode("ascii")
    return kind if kind in EXTENSIONS else None


def _name(given: str, content_type: str) -> str:
    """The learner's name for the file, with an ending that tells what it is."""
    path = PurePath(given.replace("\\", "/"))
    endings = EXTENSIONS[content_type]
    is_telling = path.suffix.lower() in endings
    ending = path.suffix.lower() if is_telling else endings[0]
    stem = path.stem if is_telling else path.name
    try:
        stem = clean_name(stem)
    except ValueError:
        stem = ""
    return f"{stem.strip('. ')[:120] or 'file'}{ending}"
