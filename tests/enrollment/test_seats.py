"""Offers, requests, moves, and many who want the same seat."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import CourseRun
from enrollment import actions
from enrollment.models import Enrollment, Order, Voucher
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    published_course,
)

Status = Enrollment.Status
HOUR = datetime.timedelta(hours=1)


def enroll(run, learner=None, **more):
    return actions.enroll(learner=learner or UserFactory(), run=run, at=TUESDAY, **more)


def fresh(*enrollments):
    for one in enrollments:
        one.refresh_from_db()
    return [one.status for one in enrollments]


@pytest.fixture
def run(db):
    return CourseRunFactory(course=published_course(), seats=1)


# --- Offers --------------------------------------------------------------------------------------


def test_an_offer_is_held_and_then_goes_on(run):
    holder, first, second = enroll(run), enroll(run), enroll(run)
    actions.withdraw(enrollment=holder, at=TUESDAY)
    assert fresh(first, second) == [Status.OFFERED, Status.WAITLISTED]

    assert actions.end_offers(at=TUESDAY + 47 * HOUR) == 0
    assert actions.end_offers(at=TUESDAY + 48 * HOUR) == 1

    assert fresh(first, second) == [Status.LAPSED, Status.OFFERED]
    run.refresh_from_db()
    assert run.seats_taken == 1


def test_an_offer_that_is_taken_is_a_seat(run):
    holder, first = enroll(run), enroll(run)
    actions.withdraw(enrollment=holder, at=TUESDAY)

    actions.accept_offer(enrollment=first, at=TUESDAY + HOUR)
    actions.accept_offer(enrollment=first, at=TUESDAY + HOUR)

    assert fresh(first) == [Status.ACTIVE]
    assert actions.end_offers(at=TUESDAY + 100 * HOUR) == 0


def test_an_offer_that_has_ended_is_not_taken(run):
    holder, first = enroll(run), enroll(run)
    actions.withdraw(enrollment=holder, at=TUESDAY)

    with pytest.raises(actions.NoOffer):
        actions.accept_offer(enrollment=first, at=TUESDAY + 48 * HOUR)


def test_whoever_comes_later_does_not_get_a_seat_that_is_held(run):
    holder, first = enroll(run), enroll(run)
    actions.withdraw(enrollment=holder, at=TUESDAY)

    assert enroll(run).status == Status.WAITLISTED
    assert fresh(first) == [Status.OFFERED]


def test_a_declined_offer_goes_on_at_once(run):
    holder, first, second = enroll(run), enroll(run), enroll(run)
    actions.withdraw(enrollment=holder, at=TUESDAY)

    actions.withdraw(enrollment=first, at=TUESDAY)

    assert fresh(first, second) == [Status.WITHDRAWN, Status.OFFERED]


def test_a_run_may_give_seats_without_asking(run):
    CourseRun.objects.filter(pk=run.pk).update(offer_hours=0)
    holder, first = enroll(run), enroll(run)

    actions.withdraw(enrollment=holder, at=TUESDAY)

    assert fresh(first) == [Status.ACTIVE]


def test_an_offer_without_an_end_is_refused(run):
    with pytest.raises(IntegrityError):
        EnrollmentFactory(run=run, status="offered")


# --- Requests ------------------------------------------------------------------------------------


def test_a_request_takes_no_seat_until_it_is_approved(run):
    CourseRun.objects.filter(pk=run.pk).update(needs_approval=True)
    run.refresh_from_db()
    first, second = enroll(run), enroll(run)
    assert fresh(first, second) == [Status.REQUESTED, Status.REQUESTED]

    actions.approve(enrollment=second, at=TUESDAY)
    actions.approve(enrollment=first, at=TUESDAY)
    actions.approve(enrollment=first, at=TUESDAY)

    assert fresh(first, second) == [Status.WAITLISTED, Status.ACTIVE]
    run.refresh_from_db()
    assert (run.seats_taken, run.waitlist_places_given) == (1, 1)


def test_a_refused_request_may_be_made_again(run):
    CourseRun.objects.filter(pk=run.pk).update(needs_approval=True)
    run.refresh_from_db()
    learner = UserFactory()
    first = enroll(run, learner)
    assert enroll(run, learner) == first

    actions.refuse(enrollment=first, by=UserFactory(), reason="Full.", at=TUESDAY)

    assert enroll(run, learner) != first


# --- Moving to another run -----------------------------------------------------------------------


def test_a_move_takes_progress_along_and_hands_the_seat_on(run):
    other = CourseRunFactory(course=run.course, seats=1)
    holder, waiting = enroll(run), enroll(run)
    actions.open_unit(enrollment=holder, unit=run.course.units.first(), at=TUESDAY)

    actions.transfer(enrollment=holder, run=other, at=TUESDAY)

    assert holder.run == other
    assert holder.progress.count() == 1
    assert fresh(waiting) == [Status.OFFERED]


def test_a_move_to_a_full_run_keeps_the_seat(run):
    other = CourseRunFactory(course=run.course, seats=1)
    enroll(other)
    holder = enroll(run)

    with pytest.raises(actions.NotOpen):
        actions.transfer(enrollment=holder, run=other, at=TUESDAY)

    holder.refresh_from_db()
    assert holder.run == run
    run.refresh_from_db()
    assert run.seats_taken == 1


def test_nobody_moves_to_another_course(run):
    with pytest.raises(actions.NotOpen):
        actions.transfer(enrollment=enroll(run), run=published_course().runs.get(), at=TUESDAY)


def test_nobody_moves_where_a_seat_costs_something_else(run):
    paid = CourseRunFactory(course=run.course, price=90, currency="EUR")

    with pytest.raises(actions.NotOpen):
        actions.transfer(enrollment=enroll(run), run=paid, at=TUESDAY)


def test_nobody_moves_past_whoever_approves(run):
    chosen = CourseRunFactory(course=run.course, needs_approval=True)

    with pytest.raises(actions.NotOpen):
        actions.transfer(enrollment=enroll(run), run=chosen, at=TUESDAY)


# --- Messages that come late ---------------------------------------------------------------------


def test_a_request_from_before_somebody_left_enrolls_nobody_anew(run):
    enrollment = enroll(run)
    actions.withdraw(enrollment=enrollment, at=TUESDAY + HOUR)

    again = enroll(run, enrollment.learner)

    assert (again, again.status) == (enrollment, Status.WITHDRAWN)


def test_whoever_asks_after_leaving_is_enrolled_anew(run):
    enrollment = enroll(run)
    actions.withdraw(enrollment=enrollment, at=TUESDAY)

    again = actions.enroll(learner=enrollment.learner, run=run, at=TUESDAY + HOUR)

    assert again != enrollment
    assert again.is_active


def test_a_withdrawal_from_before_the_enrollment_ends_nothing(run):
    enrollment = enroll(run)

    actions.withdraw(enrollment=enrollment, at=TUESDAY - HOUR)

    assert fresh(enrollment) == [Status.ACTIVE]


# --- Days and zones ------------------------------------------------------------------------------


def test_a_run_closes_by_the_days_of_its_own_zone(db):
    run = CourseRunFactory(
        course=published_course(),
        enrollment_closes_on=datetime.date(2026, 3, 3),
        time_zone="Pacific/Auckland",
    )
    # Ten in the evening there, and one in the morning of the next day three hours later.
    assert enroll(run).is_active
    with pytest.raises(actions.NotOpen):
        actions.enroll(learner=UserFactory(), run=run, at=TUESDAY + 3 * HOUR)


# --- Paying --------------------------------------------------------------------------------------


@pytest.fixture
def paid(db):
    return CourseRunFactory(course=published_course(), seats=1, price=90, currency="EUR")


def invoice(**more):
    values = {"billing_name": "Ines Duarte", "billing_address": "Rua 1, Porto"} | more
    return actions.Payment(method="invoice", **values)


def test_a_seat_that_costs_something_is_paid_for_or_not_taken(paid):
    with pytest.raises(actions.PaymentNeeded):
        enroll(paid)

    paid.refresh_from_db()
    assert (paid.seats_taken, Enrollment.objects.count()) == (0, 0)


def test_an_invoice_is_due_and_the_learner_starts(paid):
    enrollment = enroll(paid, payment=invoice())

    order = Order.objects.get(enrollment=enrollment)
    assert enrollment.is_active
    assert (order.status, order.amount, order.currency) == ("open", 90, "EUR")
    assert order.due_on == datetime.date(2026, 4, 2)


def test_an_invoice_needs_an_address(paid):
    with pytest.raises(actions.CannotPay):
        enroll(paid, payment=invoice(billing_address=" "))

    paid.refresh_from_db()
    assert paid.seats_taken == 0


def test_whoever_waits_pays_with_the_seat(paid):
    holder = enroll(paid, payment=invoice())
    waiting = enroll(paid)
    assert waiting.is_waitlisted
    actions.withdraw(enrollment=holder, at=TUESDAY)
    assert Order.objects.get(enrollment=holder).status == "canceled"

    with pytest.raises(actions.PaymentNeeded):
        actions.accept_offer(enrollment=waiting, at=TUESDAY)
    assert fresh(waiting) == [Status.OFFERED]
    actions.accept_offer(enrollment=waiting, at=TUESDAY, payment=invoice())

    assert fresh(waiting) == [Status.ACTIVE]


def test_a_voucher_is_used_as_often_as_it_may(paid):
    CourseRun.objects.filter(pk=paid.pk).update(seats=None)
    voucher = Voucher.objects.create(code="SPRING-26", provider=paid.course.provider)
    use = actions.Payment(method="voucher", voucher_code="spring-26 ")

    assert enroll(paid, payment=use).order.status == "paid"
    with pytest.raises(actions.CannotPay, match="used up"):
        enroll(paid, payment=use)
    with pytest.raises(IntegrityError):
        Voucher.objects.filter(pk=voucher.pk).update(uses=2)


def test_a_voucher_of_another_provider_pays_nothing(paid):
    Voucher.objects.create(code="OTHER-1", provider=published_course().provider)

    with pytest.raises(actions.CannotPay, match="another course"):
        enroll(paid, payment=actions.Payment(method="voucher", voucher_code="OTHER-1"))


def test_only_ones_own_employer_pays(paid):
    CourseRun.objects.filter(pk=paid.pk).update(accepts_employer=True)
    paid.refresh_from_db()
    membership = MembershipFactory(role="employee", organization__is_employer=True)
    payment = actions.Payment(method="employer", employer_id=membership.organization_id)

    with pytest.raises(actions.CannotPay):
        enroll(paid, payment=payment)
    assert enroll(paid, membership.user, payment=payment).order.employer == membership.organization


def test_an_amount_is_never_changed_afterwards(paid):
    order = enroll(paid, payment=invoice()).order

    with pytest.raises(IntegrityError):
        Order.objects.filter(pk=order.pk).update(amount=1)


# --- A rush --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_in_a_rush_there_are_as_many_seats_as_there_are():
    """200 for 10. Everyone asks twice, eight at a time."""
    run = CourseRunFactory(course=published_course(), seats=10)
    learners = User.objects.bulk_create(
        User(email=f"learner{number}@example.org", password="!") for number in range(200)
    )
    asked = [*learners, *learners]
    failures = []

    def go(number):
        try:
            for learner in asked[number::8]:
                actions.enroll(learner=learner, run=run, at=TUESDAY)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    crew = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()

    run.refresh_from_db()
    rows = Enrollment.objects.filter(run=run)
    places = rows.filter(status="waitlisted").order_by("waitlist_place")
    assert failures == []
    assert (rows.filter(status="active").count(), run.seats_taken) == (10, 10)
    assert list(places.values_list("waitlist_place", flat=True)) == list(range(1, 191))
    assert rows.values("learner").distinct().count() == 200


# --- The disk ------------------------------------------------------------------------------------

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for nobody."
)


def calls(captured):
    return [
        one["sql"] for one in captured.captured_queries if "enrollment_take_place" in one["sql"]
    ]


def body_of(procedure):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [procedure])
        (body,) = cursor.fetchone()
        return body


def the_disk_is_waited_for():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone() == ("on",)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nobody_is_answered_before_the_disk_has_their_place():
    run, learner = CourseRunFactory(course=published_course()), UserFactory()

    for _ in range(2):  # a place that is known may be another request's, of just now
        with CaptureQueriesContext(connection) as captured:
            enroll(run, learner)

        (call,) = calls(captured)
        assert call.startswith("CALL enrollment_take_place_alone(")
        assert the_disk_is_waited_for()


@on_postgresql
@pytest.mark.django_db
def test_the_wait_for_the_disk_comes_after_the_run_is_given_free():
    _, after = body_of("enrollment_take_place_alone").split("COMMIT;")

    # It writes to the log in a transaction of its own, whose commit waits as usual.
    assert "pg_logical_emit_message(true" in after
    assert "synchronous_commit" not in after


@on_postgresql
def test_within_a_transaction_its_own_commit_waits_for_the_disk(run):
    with CaptureQueriesContext(connection) as captured:
        enroll(run)

    (call,) = calls(captured)
    assert call.startswith("SELECT")
    assert "synchronous_commit" not in body_of("enrollment_take_place")
    assert the_disk_is_waited_for()
