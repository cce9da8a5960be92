"""Taking a run again that was completed: another enrollment, and the completion stands."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from catalog.models import CourseRun
from enrollment import actions
from enrollment.models import Enrollment
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    UserFactory,
    complete,
    published_course,
)

pytestmark = pytest.mark.django_db
Status = Enrollment.Status
DAY = datetime.timedelta(days=1)
LATER = TUESDAY + 100 * DAY


@pytest.fixture
def done() -> Enrollment:
    run = published_course(lessons=2).runs.get()
    enrollment = actions.enroll(learner=UserFactory(), run=run, at=TUESDAY)
    complete(enrollment=enrollment, at=TUESDAY + DAY)
    return enrollment


def again(enrollment, *, at=LATER, **more):
    return actions.take_again(enrollment=enrollment, at=at, **more)


def test_all_units_are_to_be_done_again_and_the_completion_stands(done):
    second = again(done)

    done.refresh_from_db()
    assert (done.status, done.completed_at) == (Status.COMPLETED, TUESDAY + DAY)
    assert (second.status, second.run, second.progress.count()) == (Status.ACTIVE, done.run, 0)
    complete(enrollment=second, at=LATER)
    assert second.completed_at == LATER


def test_asking_twice_begins_it_once(done):
    assert again(done) == again(done)


def test_asking_for_a_seat_begins_nothing_anew(done):
    """So a request that is replayed does not."""
    assert actions.enroll(learner=done.learner, run=done.run, at=LATER) == done


def test_what_is_asked_for_later_is_answered_with_the_last(done):
    second = again(done)

    assert actions.enroll(learner=done.learner, run=done.run, at=LATER) == second


def test_what_is_not_completed_is_not_begun_anew():
    enrollment = EnrollmentFactory()

    assert again(enrollment) == enrollment


def test_whoever_has_left_meanwhile_comes_back(done):
    second = again(done)
    actions.withdraw(enrollment=second, at=LATER)

    third = again(done, at=LATER + DAY)

    assert third not in (done, second)
    assert third.is_active


def test_a_run_that_is_closed_is_not_taken_again(done):
    CourseRun.objects.update(enrollment_closes_on=TUESDAY.date())

    with pytest.raises(actions.NotOpen):
        again(done)

    done.refresh_from_db()
    assert done.taken_again_at is None


def test_a_seat_is_asked_for_where_a_curator_decides(done):
    CourseRun.objects.update(needs_approval=True)

    assert again(done).is_requested
    assert again(done).is_requested


def test_a_seat_that_costs_something_is_paid_for_again(done):
    CourseRun.objects.update(price=40, currency="EUR")
    done.run.refresh_from_db()

    with pytest.raises(actions.PaymentNeeded):
        again(done)

    assert Enrollment.objects.get() == done


def test_what_was_taken_again_is_not_opened_again_meanwhile(done):
    second = again(done)
    undo = {"enrollment": done, "by": UserFactory(), "reason": "Another's work.", "at": LATER}

    with pytest.raises(actions.CannotCorrect, match="enrolled in this run again"):
        actions.reopen(**undo)
    actions.withdraw(enrollment=second, at=LATER)
    actions.reopen(**undo)

    done.refresh_from_db()
    assert (done.status, done.taken_again_at) == (Status.ACTIVE, None)


def test_a_completion_that_was_taken_again_can_be_failed(done):
    again(done)

    actions.fail(enrollment=done, by=UserFactory(), reason="Another's work.", at=LATER)

    assert list(Enrollment.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.FAILED,
        Status.ACTIVE,
    ]


def test_only_what_was_completed_can_be_taken_again():
    with pytest.raises(IntegrityError):
        EnrollmentFactory(taken_again_at=TUESDAY)


def test_one_learner_is_in_a_run_once_at_a_time_all_the_same(done):
    again(done)

    with pytest.raises(IntegrityError):
        EnrollmentFactory(learner=done.learner, run=done.run)


def at_once(*calls):
    answers = []

    def go(call):
        try:
            answers.append(call())
        finally:
            connection.close()

    crew = [threading.Thread(target=go, args=(call,)) for call in calls]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_requests_of_the_same_moment_get_the_same(done):
    answers = at_once(*[lambda: again(done).pk] * 4)

    assert answers == [Enrollment.objects.active().get().pk] * 4


# --- The seat ------------------------------------------------------------------------------------


def seats_taken(run) -> int:
    return CourseRun.objects.get(pk=run.pk).seats_taken


def test_the_seat_goes_along(done):
    CourseRun.objects.update(seats=1)

    second = again(done)

    assert (second.status, seats_taken(done.run)) == (Status.ACTIVE, 1)
    complete(enrollment=second, at=LATER)
    assert again(second, at=LATER + DAY).is_active
    assert seats_taken(done.run) == 1


def test_nobody_who_waits_gets_it_or_is_passed_over(done):
    CourseRun.objects.update(seats=1)
    waiting = actions.enroll(learner=UserFactory(), run=done.run, at=LATER)

    second = again(done)

    waiting.refresh_from_db()
    assert (second.status, waiting.status) == (Status.ACTIVE, Status.WAITLISTED)
    actions.withdraw(enrollment=second, at=LATER)
    waiting.refresh_from_db()
    assert (waiting.status, seats_taken(done.run)) == (Status.OFFERED, 1)


def test_who_was_left_without_a_seat_gets_a_place_in_line(done):
    """Evidence that came late has completed it."""
    Enrollment.objects.update(withdrawn_at=TUESDAY + 2 * DAY)
    CourseRun.objects.update(seats=1)

    assert again(done).is_waitlisted
    assert seats_taken(done.run) == 1


def test_it_goes_on_while_a_curator_decides(done):
    CourseRun.objects.update(seats=1)
    waiting = actions.enroll(learner=UserFactory(), run=done.run, at=LATER)
    CourseRun.objects.update(needs_approval=True)
    done.run.refresh_from_db()

    assert again(done).is_requested

    waiting.refresh_from_db()
    assert (waiting.status, seats_taken(done.run)) == (Status.OFFERED, 1)


def test_a_seat_that_is_not_paid_for_stays_where_it_was(done):
    CourseRun.objects.update(seats=1, price=40, currency="EUR")
    done.run.refresh_from_db()

    with pytest.raises(actions.PaymentNeeded):
        again(done)

    done.refresh_from_db()
    assert (done.keeps_seat, seats_taken(done.run)) == (True, 1)


def test_a_completion_whose_seat_went_along_gives_back_none(done):
    again(done)

    actions.fail(enrollment=done, by=UserFactory(), reason="Another's work.", at=LATER)

    done.refresh_from_db()
    assert (done.withdrawn_at, seats_taken(done.run)) == (LATER, 1)


def test_a_completion_whose_seat_has_gone_is_opened_again_if_one_is_free(done):
    undo = {"enrollment": done, "by": UserFactory(), "reason": "Another's work.", "at": LATER}
    CourseRun.objects.update(seats=1)
    actions.withdraw(enrollment=again(done), at=LATER)
    other = actions.enroll(learner=UserFactory(), run=done.run, at=LATER)

    with pytest.raises(actions.CannotCorrect, match="The seat has gone"):
        actions.reopen(**undo)
    actions.withdraw(enrollment=other, at=LATER)
    actions.reopen(**undo)

    assert seats_taken(done.run) == 1


@pytest.mark.parametrize("held", ["offered", "active", "completed"])
@pytest.mark.parametrize("other", ["offered", "active", "completed"])
def test_the_database_refuses_one_person_two_seats(held, other):
    """Each of these is counted among the seats that are taken."""
    details = {
        "offered": {"offer_ends_at": LATER},
        "active": {},
        "completed": {"completed_at": TUESDAY, "completed_by": "units"},
    }
    first = EnrollmentFactory(status=held, **details[held])

    with pytest.raises(IntegrityError, match="learner"):
        EnrollmentFactory(learner=first.learner, run=first.run, status=other, **details[other])


@pytest.mark.django_db(transaction=True)
def test_in_a_rush_for_few_seats_theirs_stays_theirs(done):
    CourseRun.objects.update(seats=2)
    run, others = CourseRun.objects.get(), [UserFactory() for _ in range(4)]

    at_once(
        *[lambda: again(done)] * 2,
        *(lambda one=one: actions.enroll(learner=one, run=run, at=LATER) for one in others),
    )

    active = Enrollment.objects.active()
    assert (active.count(), seats_taken(run)) == (2, 2)
    assert active.filter(learner=done.learner).count() == 1


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client: Client, done) -> Client:
    client.force_login(done.learner)
    return client


def url(enrollment) -> str:
    return reverse("enrollment:take_again", args=[enrollment.public_id])


def test_the_page_of_the_course_offers_it(signed_in, done):
    page = signed_in.get(done.run.course.get_absolute_url()).text
    assert url(done) in page

    answer = signed_in.post(url(done))

    second = Enrollment.objects.active().get()
    assert answer.url == reverse("enrollment:course", args=[second.public_id])
    page = signed_in.get(done.run.course.get_absolute_url()).text
    assert url(done) not in page
    assert url(second) not in page
    assert "Completed" in page


def test_nobody_takes_again_for_others(signed_in):
    other = EnrollmentFactory(completed=True)

    assert signed_in.post(url(other)).status_code == 404


def test_a_form_that_comes_back_after_signing_in_changes_nothing(signed_in, done):
    assert signed_in.get(url(done)).url == done.run.course.get_absolute_url()
    assert Enrollment.objects.count() == 1


def test_a_run_that_costs_something_asks_how_it_is_paid(signed_in, done):
    CourseRunFactory(course=done.run.course)
    CourseRun.objects.filter(pk=done.run_id).update(price=40, currency="EUR")
    assert "40 EUR" in signed_in.get(done.run.course.get_absolute_url()).text
    assert "How do you pay?" in signed_in.post(url(done)).text
    assert signed_in.post(url(done), {"method": "voucher"}).status_code == 422

    invoice = {"method": "invoice", "billing_name": "Ines", "billing_address": "Rua 1"}
    assert signed_in.post(url(done), invoice).status_code == 302

    assert Enrollment.objects.active().get().order.method == "invoice"


def test_the_learners_page_of_it_leads_there_and_says_when_it_was(signed_in, done):
    page = reverse("enrollment:course", args=[done.public_id])
    assert f"{done.run.course.get_absolute_url()}#enroll" in signed_in.get(page).text

    signed_in.post(url(done))

    assert "You began it anew on" in signed_in.get(page).text


def test_my_learning_has_both(signed_in, done):
    again(done)

    page = signed_in.get(reverse("enrollment:home")).text

    assert 'id="active"' in page
    assert 'id="completed"' in page
