from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from enrollment import uploads
from enrollment.models import Submission, SubmittedFile
from tests.enrollment.assignments import (
    PNG,
    assignment_unit,
    document,
    enrolled,
    file,
    handed_in,
    reviewer_of,
    upload,
    zipped,
)
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

HTML = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    return tmp_path


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def open_document(kind: str = "text", compression: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        mimetype = f"application/vnd.oasis.opendocument.{kind}"
        archive.writestr("mimetype", mimetype, compress_type=compression)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\1\0", "image/gif"),
        (b"RIFF\1\2\3\4WEBPVP8 ", "image/webp"),
        (document(), f"{uploads.OFFICE}.wordprocessingml.document"),
        (open_document(), f"{uploads.OPEN_DOCUMENT}.text"),
        ("Größe;5\r\n".encode(), "text/plain"),
        (b"\xef\xbb\xbf# Title\n", "text/plain"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, content_type: str):
    assert uploads.checked(file("anything.bin", content)).content_type == content_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", b"MZ\x90\0\3\0\0\0"),
        ("report.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9),
        ("notes.txt", "Größe".encode("latin-1")),
        ("notes.txt", b"a\0b"),
        ("notes.txt", "cut off: ü".encode()[:-1]),
        ("photo.png", b"\x89PN"),
        ("run.sh", b"\x7fELF\2\1"),
        ("film.webp", b"RIFF\1\2\3\4AVI "),
    ],
)
def test_what_is_something_else_than_its_name_says_is_refused(name: str, content: bytes):
    with pytest.raises(uploads.Refused, match="of a kind that is not accepted"):
        uploads.checked(file(name, content))


def many_entries() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("word/document.xml", b"")
        for number in range(12_000):
            archive.writestr(f"{number}-{'x' * 60}", b"")
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped(**{"a.txt": b"a"}),
        zipped(**{"word__document.xml": b"<x/>"}),
        document()[:-1],
        document() + b"more",
        b"PK\x03\x04" + b"\0" * 100,
        b"PK\x05\x06" + b"\0" * 18,
        open_document("graphics"),
        open_document(compression=zipfile.ZIP_DEFLATED),
    ],
)
def test_archives_are_refused(content: bytes):
    with pytest.raises(uploads.Refused, match="is an archive"):
        uploads.checked(file("report.docx", content))


def test_a_directory_that_is_large_is_not_read():
    with pytest.raises(uploads.Refused, match="is an archive"):
        uploads.checked(file("report.docx", many_entries()))


def test_a_document_with_macros_is_refused():
    with pytest.raises(uploads.Refused, match="macros"):
        uploads.checked(file("report.docx", document(**{"word__vbaProject.bin": b"x"})))


def test_a_zip_bomb_is_refused_without_being_unpacked(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UNPACKED_BYTES", 1024**2)
    bomb = document(**{"word__media.xml": b"\0" * (2 * 1024**2)})
    assert len(bomb) < 5000

    with pytest.raises(uploads.Refused, match="unpacks to more than 1 MB"):
        uploads.checked(file("report.docx", bomb))


def test_a_large_file_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 1024**2

    assert uploads.checked(file("a.txt", b"a" * 1024**2)).size == 1024**2
    with pytest.raises(uploads.Refused, match="A file may have 1 MB"):
        uploads.checked(file("a.txt", b"a" * (1024**2 + 1)))


def test_an_empty_file_is_refused():
    with pytest.raises(uploads.Refused, match="is empty"):
        uploads.checked(file("a.txt", b""))


@pytest.mark.parametrize(
    ("given", "content", "kept"),
    [
        ("Karte.PNG", PNG, "Karte.png"),
        ("map.pdf", PNG, "map.pdf.png"),
        ("page.html", HTML, "page.html.txt"),
        ("notes.md", b"# Notes", "notes.md"),
        ("C:\\work\\map.png", PNG, "map.png"),
        ("...", PNG, "file.png"),
        ("gnp\u202e.png", PNG, "file.png"),
        ("x" * 300 + ".png", PNG, "x" * 120 + ".png"),
    ],
)
def test_a_name_ends_in_what_the_file_is(given: str, content: bytes, kept: str):
    received = SimpleUploadedFile("x", content)
    received._name = given

    assert uploads.checked(received).name == kept


# --- Kept -----------------------------------------------------------------------------------------


def test_a_file_is_kept_under_a_random_name(folder: Path):
    submission = handed_in(assignment_unit(), files=[upload("my secret.png")])

    (kept,) = submission.files.all()
    (path,) = stored(folder)
    assert (kept.name, kept.size, path.read_bytes()) == ("my secret.png", len(PNG), PNG)
    assert "secret" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_rollback_leaves_no_file(folder: Path, monkeypatch):
    def fail(self, **kwargs):
        raise RuntimeError

    unit = assignment_unit()
    enrollment = enrolled(unit)
    good, bad = upload(), upload("other.png")
    saved = SubmittedFile.save
    monkeypatch.setattr(
        SubmittedFile,
        "save",
        lambda self, **kwargs: fail(self) if self.name == "other.png" else saved(self, **kwargs),
    )

    with pytest.raises(RuntimeError):
        handed_in(unit, enrollment, files=[good, bad])
    assert stored(folder) == []
    assert not Submission.objects.exists()


def test_a_file_goes_with_its_row(folder: Path, django_capture_on_commit_callbacks):
    submission = handed_in(assignment_unit(), files=[upload()])

    with django_capture_on_commit_callbacks(execute=True):
        submission.delete()

    assert stored(folder) == []


def test_graded_work_gets_no_more_files():
    submission = handed_in(assignment_unit())
    Submission.objects.update(status="returned", closed_at=submission.submitted_at)

    with pytest.raises(IntegrityError, match="submitted_file_only_while_waiting"):
        SubmittedFile.objects.create(
            submission=submission, name="a.txt", content_type="text/plain", size=1, sha256="0" * 64
        )


def test_a_file_has_no_address():
    (kept,) = handed_in(assignment_unit(), files=[upload()]).files.all()

    with pytest.raises(ValueError, match="no address"):
        kept.file.storage.url(kept.file.name)


# --- Sent and read by HTTP ------------------------------------------------------------------------


def address(kept: SubmittedFile) -> str:
    return reverse("enrollment:file", args=[kept.public_id])


def test_what_looks_like_a_page_is_only_ever_saved(client: Client):
    submission = handed_in(assignment_unit(), files=[upload("page.html", HTML)])
    (kept,) = submission.files.all()
    client.force_login(submission.enrollment.learner)

    response = client.get(address(kept))

    assert b"".join(response.streaming_content) == HTML
    assert response["Content-Disposition"] == 'attachment; filename="page.html.txt"'
    assert response["Content-Type"] == "text/plain"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("role", "status"),
    [("reviewer", 200), ("instructor", 200), ("curator", 200), ("hr", 404), ("employee", 404)],
)
def test_roles_of_the_provider_that_review_may_read(client: Client, role: str, status: int):
    submission = handed_in(assignment_unit(), files=[upload()])
    client.force_login(reviewer_of(submission.unit, role))

    response = client.get(address(submission.files.get()))
    response.close()

    assert response.status_code == status


def test_nobody_else_may_read(client: Client):
    submission = handed_in(assignment_unit(), files=[upload()])
    url = address(submission.files.get())
    elsewhere = MembershipFactory(role=Membership.Role.REVIEWER).user

    assert client.get(url).status_code == 302
    for user in (UserFactory(), elsewhere):
        client.force_login(user)
        assert client.get(url).status_code == 404


def test_a_file_that_is_gone_is_not_found(client: Client, folder: Path):
    submission = handed_in(assignment_unit(), files=[upload()])
    stored(folder)[0].unlink()
    client.force_login(submission.enrollment.learner)

    assert client.get(address(submission.files.get())).status_code == 404


def hand_in_url(enrollment, unit) -> str:
    return reverse("enrollment:hand_in", args=[enrollment.public_id, unit.public_id])


def test_only_this_address_takes_large_requests(client: Client, settings):
    unit = assignment_unit()
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)
    large = b"a" * (settings.MAX_BODY_BYTES + 1)

    to_other = client.post(reverse("accounts:profile"), {"files": file("a.txt", large)})
    taken = client.post(hand_in_url(enrollment, unit), {"files": file("a.txt", large)})

    assert (to_other.status_code, taken.status_code) == (413, 302)
    assert enrollment.submissions.get().files.get().size == len(large)


def test_even_this_address_has_a_limit(client: Client, settings):
    settings.MAX_HAND_IN_BYTES = 3 * 1024**2
    unit = assignment_unit()
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)

    response = client.post(
        hand_in_url(enrollment, unit), {"files": file("a.txt", b"a" * 3 * 1024**2)}
    )

    assert response.status_code == 413


def test_a_refused_file_says_why_and_nothing_is_kept(client: Client, folder: Path):
    unit = assignment_unit()
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)

    response = client.post(
        hand_in_url(enrollment, unit),
        {"text": "See the files.", "files": [file("a.png", PNG), file("b.pdf", b"MZ\x90\0")]},
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "“b.pdf” is of a kind that is not accepted" in page
    assert "Choose your files once more" in page
    assert "See the files." in page
    assert stored(folder) == []


def test_no_more_files_than_asked_for(client: Client):
    unit = assignment_unit(max_files=1)
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)

    response = client.post(
        hand_in_url(enrollment, unit), {"files": [file("a.png", PNG), file("b.png", PNG)]}
    )

    assert response.status_code == 422
    assert "Hand in one file." in response.content.decode()
