"""Forgetting a person, and what stays."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import actions, personal_data
from accounts.models import Erasure, User
from credentials import tasks as credential_tasks
from credentials.models import Award, Credential
from enrollment import actions as learning
from enrollment import holdings
from enrollment.models import Correction, Enrollment, Order, Submission
from tests.accounts.privacy import EMAIL, LATER, NAME, archive_of, erase, everything_stored
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db


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
