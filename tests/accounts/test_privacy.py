"""A copy of all that is held about a person, and forgetting them."""

from __future__ import annotations

import datetime
import io
import json
import logging
import re
import zipfile
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import actions, personal_data, tasks
from accounts.models import DataExport, Erasure, User
from credentials import tasks as credential_tasks
from credentials.models import Award, Credential
from enrollment import actions as learning
from enrollment import holdings
from enrollment.actions.assignments import hand_in
from enrollment.models import Correction, Enrollment, Exemption, Order, Submission
from notifications.actions import notify
from tests.enrollment.assignments import assignment_unit, upload
from tests.factories import (
    PASSWORD,
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db

LATER = TUESDAY + datetime.timedelta(hours=1)
NAME, EMAIL = "Ada Lovelace", "ada@example.org"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path


@pytest.fixture
def life(learner):
    """A learner about whom something is held in every corner."""
    course = published_course(quiz=False)
    done = learning.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    learning.finish_unit(enrollment=done, unit=course.units.get(), at=TUESDAY)
    credential_tasks.judge()
    unit = assignment_unit()
    active = learning.enroll(learner=learner, run=unit.course.runs.get(), at=TUESDAY)
    hand_in(
        enrollment=active,
        unit=unit,
        text=f"{NAME} wrote this.",
        files=[upload("ada.txt", b"By Ada Lovelace.")],
        at=TUESDAY,
    )
    learning.extend(
        enrollment=active,
        due_on=datetime.date(2027, 1, 1),
        by=UserFactory(),
        reason=f"{NAME} was ill.",
        at=TUESDAY,
    )
    MembershipFactory(user=learner, role="employee")
    Exemption.objects.create(learner=learner, course=course, reason=NAME, asked_at=TUESDAY)
    notify(recipient=learner, kind="completed", key="k", context={"course": NAME}, at=TUESDAY)
    LogEntry.objects.create(
        user=UserFactory(),
        content_type=ContentType.objects.get_for_model(Enrollment),
        object_id=str(active.pk),
        object_repr=f"{NAME}: Maps",
        action_flag=CHANGE,
        change_message=f"{NAME} asked for it.",
    )
    return learner


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


# --- Taking it along ------------------------------------------------------------------------------


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


# --- Being forgotten ------------------------------------------------------------------------------


def test_nothing_in_the_database_names_the_person_any_more(life):
    number = str(life.public_id)
    assert NAME in everything_stored()

    erase(life)

    left = everything_stored()
    assert NAME not in left
    assert re.findall(r"\bada\b|lovelace", left.casefold()) == []
    assert number not in left


def test_no_file_of_the_person_is_left(life, tmp_path, django_capture_on_commit_callbacks):
    archive_of(life)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2

    with django_capture_on_commit_callbacks(execute=True):
        erase(life)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert Erasure.objects.get().files == []


def test_a_kill_before_the_files_are_gone_leaves_them_to_the_next_worker(
    life, tmp_path, monkeypatch
):
    actions.request_erasure(user=life, by=life, at=TUESDAY)

    class Killed(BaseException):
        pass

    def kill(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("accounts.actions.erasing._delete_files", kill)
        with pytest.raises(Killed):
            actions.erase_due(at=TUESDAY)

    assert Erasure.objects.get().files
    assert actions.erase_due(at=LATER)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_failure_half_way_erases_nothing_and_names_nobody(life, monkeypatch, caplog):
    actions.request_erasure(user=life, by=life, at=TUESDAY)

    def fail(*args, **kwargs):
        raise ValueError(EMAIL)

    with monkeypatch.context() as patch:
        patch.setattr("accounts.personal_data.clear_history", fail)
        actions.erase_due(at=TUESDAY)

    life.refresh_from_db()
    assert life.email == EMAIL
    assert EMAIL not in caplog.text
    assert actions.erase_due(at=LATER)


def test_repeating_it_changes_nothing(life):
    erase(life)
    before = everything_stored()

    again = actions.request_erasure(user=life, by=life, at=LATER)
    actions.erase_due(at=LATER)

    assert again == Erasure.objects.get()
    assert everything_stored() == before


def test_it_cannot_be_taken_back(life):
    erase(life)

    with pytest.raises(IntegrityError, match="user_erased_stays_erased"), transaction.atomic():
        User.objects.filter(pk=life.pk).update(erased_at=None)
    with pytest.raises(IntegrityError, match="user_erased_is_nobody"), transaction.atomic():
        User.objects.filter(pk=life.pk).update(is_active=True)


def test_an_erasure_is_done_after_its_rows(learner):
    with pytest.raises(IntegrityError, match="erasure_done_after_its_rows"), transaction.atomic():
        Erasure.objects.create(
            user=learner,
            requested_by=learner,
            requested_at=TUESDAY,
            due_at=TUESDAY,
            done_at=TUESDAY,
        )


def test_a_seat_goes_to_whoever_waits(learner):
    run = CourseRunFactory(course=published_course(), seats=1)
    learning.enroll(learner=learner, run=run, at=TUESDAY)
    waiting = learning.enroll(learner=UserFactory(), run=run, at=TUESDAY)

    erase(learner)

    waiting.refresh_from_db()
    assert waiting.is_offered


def test_the_award_stays_and_the_signed_bytes_go(life):
    erase(life)

    credential = Credential.objects.get()
    assert Award.objects.filter(learner=life).count() == 1
    assert (bytes(credential.document), credential.recipient_name) == (b"", "")


def test_an_award_that_was_not_signed_yet_never_will_be(life):
    Award.objects.update(issued_at=None)
    Credential.objects.all().delete()

    erase(life)
    credential_tasks.issue()

    assert not Credential.objects.exists()
    assert Award.objects.get().revoked_at


def test_the_bytes_of_a_credential_go_only_with_its_holder(life):
    with pytest.raises(IntegrityError, match="credential_document_never"), transaction.atomic():
        Credential.objects.update(document=b"")


def test_a_forgotten_credential_names_nobody(life):
    with pytest.raises(IntegrityError, match="credential_erased_names"), transaction.atomic():
        Credential.objects.update(erased_at=TUESDAY)


def test_bytes_that_are_gone_do_not_come_back(life):
    erase(life)

    with pytest.raises(IntegrityError, match="credential_document_never"), transaction.atomic():
        Credential.objects.update(document=b"{}")


def test_the_reason_of_a_correction_goes_only_with_its_learner(life):
    with pytest.raises(IntegrityError, match="correction_is_never"), transaction.atomic():
        Correction.objects.update(reason=personal_data.GONE)

    erase(life)

    assert Correction.objects.get().reason == personal_data.GONE


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_the_page_of_a_forgotten_credential_says_that_it_is_gone(life, client, accept):
    address = Credential.objects.get().get_absolute_url()
    erase(life)

    response = client.get(address, headers={"accept": accept})

    assert response.status_code == 410
    assert NAME not in response.content.decode()


def test_a_page_that_only_its_holder_saw_does_not_say_that_it_was_there(life, client):
    Credential.objects.update(visibility="off")
    address = Credential.objects.get().get_absolute_url()
    erase(life)

    assert client.get(address).status_code == 404


def test_the_holder_s_own_file_goes_on_verifying(life):
    from credentials import verifying

    kept = bytes(Credential.objects.get().document)
    erase(life)

    assert verifying.verify_document(kept).is_valid


def order(enrollment: Enrollment, status: str) -> Order:
    paid = {"paid_at": TUESDAY} if status == "paid" else {}
    return Order.objects.create(
        enrollment=enrollment, method="invoice", status=status, amount=10, currency="EUR",
        billing_name=NAME, billing_address="1 Way", created_at=TUESDAY, **paid,
    )  # fmt: skip


def test_a_paid_order_keeps_its_amount_without_the_name(life):
    paid = order(life.enrollments.first(), "paid")

    erase(life)

    paid.refresh_from_db()
    assert (paid.amount, paid.billing_name, paid.billing_address) == (10, "(erased)", "")


def test_an_open_invoice_of_a_completed_course_keeps_the_name_until_it_is_settled(life):
    owed = order(life.enrollments.completed().get(), "open")
    erase(life)
    owed.refresh_from_db()
    assert owed.billing_name == NAME

    Order.objects.update(status="paid", paid_at=LATER)
    holdings.forget_settled_payers(at=LATER)

    owed.refresh_from_db()
    assert (owed.billing_name, owed.billing_address) == ("(erased)", "")


def test_others_keep_what_they_have(life):
    other = EnrollmentFactory(completed=True)
    before = Submission.objects.count()

    erase(life)

    other.refresh_from_db()
    assert other.is_completed
    assert Submission.objects.count() == before - 1


def test_nobody_is_signed_in_as_them(life, client):
    client.force_login(life)

    actions.request_erasure(user=life, by=life, at=TUESDAY)

    assert client.get("/profile/").status_code == 302


def test_who_runs_the_site_hands_it_on_first(learner):
    learner.is_superuser = True
    learner.save()

    with pytest.raises(actions.StillAdministers):
        actions.request_erasure(user=learner, by=learner, at=TUESDAY)


# --- The page -------------------------------------------------------------------------------------


def confirm(client, **fields):
    return client.post("/profile/erase/", {"email": EMAIL, "password": PASSWORD} | fields)


def test_the_page_says_what_stays_and_why(learner, client):
    client.force_login(learner)

    page = client.get("/profile/erase/").content.decode()

    for holding in personal_data.holdings():
        assert str(holding.stays) in page


def test_confirming_erases(learner, client):
    client.force_login(learner)

    response = confirm(client)
    tasks.sweep()

    assert response.url == "/erased/"
    assert client.get(response.url).status_code == 200
    learner.refresh_from_db()
    assert learner.erased_at


@pytest.mark.parametrize("wrong", [{"email": "eve@example.org"}, {"password": "x"}, {"email": ""}])
def test_a_wrong_confirmation_erases_nothing(wrong, learner, client):
    client.force_login(learner)

    response = confirm(client, **wrong)

    assert response.status_code == 422
    assert not Erasure.objects.exists()


def test_passwords_cannot_be_tried_out(learner, client):
    client.force_login(learner)
    statuses = [confirm(client, password="x").status_code for _ in range(11)]

    assert statuses[-1] == 429
    assert confirm(client).status_code == 429


def test_an_administrator_erases_on_request(learner, admin_client):
    page = admin_client.get(f"/admin/accounts/user/{learner.pk}/erase/")
    admin_client.post(f"/admin/accounts/user/{learner.pk}/erase/")
    tasks.sweep()

    assert page.status_code == 200
    assert User.objects.filter(pk=learner.pk, erased_at__isnull=False).exists()
    assert admin_client.get(f"/admin/accounts/user/{learner.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/accounts/user/{learner.pk}/erase/").status_code == 403


def test_an_administrator_has_a_copy_made_on_request(learner, admin_client):
    admin_client.post(f"/admin/accounts/user/{learner.pk}/data/")

    assert learner.data_exports.count() == 1


def test_erasing_a_long_life_takes_no_more_queries_than_a_short_one(learner):
    EnrollmentFactory(learner=learner, completed=True)
    few = _queries(learner)
    other = UserFactory()
    for _ in range(10):
        EnrollmentFactory(learner=other, completed=True)

    assert _queries(other) == few


def _queries(user: User) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        erase(user)
    return len(captured)


def test_an_archive_is_written_in_private(life, tmp_path):
    archive_of(life)

    (path,) = tmp_path.rglob("*.zip")
    assert Path(path).stat().st_mode & 0o077 == 0
