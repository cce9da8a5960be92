"""A copy of all that is held about a person."""

from __future__ import annotations

import datetime
import io
import json
import logging
import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions, personal_data, tasks
from accounts.models import DataExport
from credentials.models import Credential
from tests.accounts.privacy import EMAIL, LATER, NAME, archive_of
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_archive_has_a_file_for_every_kind_of_row(life):
    names = archive_of(life).namelist()

    assert {f"{one.name}.json" for one in personal_data.holdings()} <= set(names)
    assert "README.txt" in names


def test_every_list_of_the_archive_is_json(life):
    archive = archive_of(life)

    rows = {n: json.loads(archive.read(n)) for n in archive.namelist() if n.endswith("s.json")}

    assert [row["email"] for row in rows["users.json"]] == [EMAIL]
    assert len(rows["enrollments.json"]) == 2
    assert rows["submissions.json"][0]["text"] == f"{NAME} wrote this."


def test_the_archive_has_the_files_as_they_are(life):
    archive = archive_of(life)
    credential = Credential.objects.get()

    handed_in = next(n for n in archive.namelist() if n.startswith("files/handed_in/"))

    assert archive.read(handed_in) == b"By Ada Lovelace."
    signed = archive.read(f"files/credentials/{credential.public_id}.json")
    assert signed == bytes(credential.document)


def test_the_archive_has_nothing_of_others(life):
    other = EnrollmentFactory()

    archive = archive_of(life)

    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert str(other.public_id).encode() not in whole
    assert other.learner.email.encode() not in whole
    assert life.password.encode() not in whole


def test_asking_twice_makes_one(learner):
    first = actions.request_export(user=learner, at=TUESDAY)
    again = actions.request_export(user=learner, at=LATER)

    assert first == again


def test_only_one_can_wait(learner):
    DataExport.objects.create(user=learner, requested_at=TUESDAY, due_at=TUESDAY)

    with pytest.raises(IntegrityError, match=r"export_one_waiting|UNIQUE"), transaction.atomic():
        DataExport.objects.create(user=learner, requested_at=TUESDAY, due_at=TUESDAY)


def test_one_that_is_made_has_a_file(learner):
    with pytest.raises(IntegrityError, match="export_made_has_a_file"), transaction.atomic():
        DataExport.objects.create(
            user=learner, requested_at=TUESDAY, due_at=TUESDAY, made_at=TUESDAY
        )


def test_its_owner_is_told_once(life, django_capture_on_commit_callbacks):
    archive_of(life)
    DataExport.objects.update(due_at=TUESDAY)

    assert not actions.make_due(at=LATER)
    assert life.messages.filter(kind="data_ready").count() == 1


def test_a_worker_that_was_killed_leaves_it_due_again(life, monkeypatch):
    actions.request_export(user=life, at=TUESDAY)

    class Killed(BaseException):
        pass

    def kill(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("accounts.archive.write", kill)
        with pytest.raises(Killed):
            actions.make_due(at=TUESDAY)

    assert not actions.make_due(at=TUESDAY)
    assert actions.make_due(at=LATER)
    assert DataExport.objects.get().made_at == LATER


def test_a_failure_is_tried_again_and_names_nobody(life, monkeypatch, caplog):
    actions.request_export(user=life, at=TUESDAY)

    def fail(*args):
        raise ValueError(EMAIL)

    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr("accounts.archive.write", fail)
        actions.make_due(at=TUESDAY)

    assert EMAIL not in caplog.text
    assert DataExport.objects.get().failures == 1
    assert actions.make_due(at=LATER)


def test_it_is_downloaded_by_its_owner_only(life, client):
    archive_of(life)
    DataExport.objects.update(expires_at=timezone.now() + datetime.timedelta(days=1))
    address = f"/profile/data/{DataExport.objects.get().public_id}.zip"

    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(life)
    response = client.get(address)
    whole = b"".join(response.streaming_content)
    response.close()

    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "private, no-store"
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_it_expires_with_its_file(life, tmp_path):
    archive_of(life)
    assert list(tmp_path.rglob("*.zip"))

    actions.delete_expired(at=TUESDAY + datetime.timedelta(days=8))

    assert not list(tmp_path.rglob("*.zip"))
    assert not DataExport.objects.exists()


def test_an_expired_one_cannot_be_downloaded(life, client):
    archive_of(life)
    DataExport.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    client.force_login(life)

    response = client.get(f"/profile/data/{DataExport.objects.get().public_id}.zip")

    assert response.status_code == 404


def test_the_page_asks_and_a_worker_makes(life, client, django_capture_on_commit_callbacks):
    client.force_login(life)

    client.post("/profile/data/")
    waiting = client.get("/profile/data/").content.decode()
    tasks.sweep()
    ready = client.get("/profile/data/").content.decode()

    assert "is being made" in waiting
    assert "Ready to download" in ready


def test_an_archive_is_written_in_private(life, tmp_path):
    archive_of(life)

    (path,) = tmp_path.rglob("*.zip")
    assert Path(path).stat().st_mode & 0o077 == 0
