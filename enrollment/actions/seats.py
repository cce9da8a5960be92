"""Seats and waitlists: ask for a place, take it, leave it, and hand it on.

Whoever holds a seat, or has one held for them, is counted in the run's ``seats_taken``, once: who
has completed it keeps their seat, and takes it along when they begin anew. Those who wait come in
the order in which they arrived; a seat that is given back is held for the first of them in the
same transaction, so that nobody who comes later gets it.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.models import User
from catalog.models import CourseRun
from enrollment import paying, places, prerequisites
from enrollment.models import Enrollment, Order
from enrollment.paying import Payment

Status = Enrollment.Status
DEFAULT_OFFER_HOURS = 48
_SEATED: dict[str, object] = {"status": Status.ACTIVE, "had_seat": True}


class NotOpen(Exception):
    """The run takes no new learners now."""


class NotAdmitted(Exception):
    """The learner lacks what the course asks for; ``missing`` says what, in words."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


class PaymentNeeded(Exception):
    """The seat costs something, and nobody has said how it is paid."""


class NoOffer(Exception):
    """There is no offer of a seat, or it has ended."""


def enroll(
    *, learner: User, run: CourseRun, at: datetime.datetime, payment: Payment | None = None
) -> Enrollment:
    """Take a seat in the run, or the next place on its waitlist. Repeating it is harmless.

    A request that comes again, or late, is answered with what it has led to: also when the learner
    has left since, so that replaying a history enrolls nobody anew.

    A run that needs approval stores the request instead. Whoever waits or asks pays when there is
    a seat. Raises ``NotOpen``, ``NotAdmitted``, ``PaymentNeeded`` and ``CannotPay``.
    """
    if not _takes_learners(run, at):
        return places.known(learner, run, at=at) or _refuse(run)
    if run.needs_approval:
        return _request(learner=learner, run=run, at=at)
    if run.is_paid:
        return _take_and_pay(learner=learner, run=run, at=at, payment=payment)
    return _take_place(learner=learner, run=run, at=at)


@transaction.atomic
def take_again(
    *, enrollment: Enrollment, at: datetime.datetime, payment: Payment | None = None
) -> Enrollment:
    """Begin a run anew that was completed, as ``enroll`` does. Repeating it is harmless.

    All units are to be done again. The completion stands, with its grade and what rests on it; the
    seat that it kept is that of the new enrollment. A request has no seat: then it goes on.
    """
    # In the order of all who come or go: first the run, so that nobody else gets the seat.
    run = locked_run(enrollment.run_id)
    completed = Enrollment.objects.completed().filter(pk=enrollment.pk, taken_again_at=None)
    kept_seat = completed.filter(withdrawn_at=None).update(taken_again_at=at)
    if kept_seat:
        _leave(run)
    else:
        completed.update(taken_again_at=at)
    made = enroll(learner=enrollment.learner, run=enrollment.run, at=at, payment=payment)
    if kept_seat and not made.is_active:
        _hand_on(run, at=at)
    return made


@transaction.atomic
def _take_and_pay(
    *, learner: User, run: CourseRun, at: datetime.datetime, payment: Payment | None
) -> Enrollment:
    known = places.known(learner, run, at=at)
    if known is not None:
        return known
    made = _take_place(learner=learner, run=run, at=at)
    if made.is_active:
        # An exception gives the seat back with everything else.
        _pay(made, payment, at=at)
    return made


def _pay(enrollment: Enrollment, payment: Payment | None, *, at: datetime.datetime) -> None:
    if not enrollment.run.is_paid or Order.objects.filter(enrollment=enrollment).exists():
        return
    if payment is None:
        raise PaymentNeeded(enrollment.run)
    paying.settle(enrollment, payment, at=at)


def _takes_learners(run: CourseRun, at: datetime.datetime) -> bool:
    return not run.is_external and run.course.is_published and run.is_open_at(at)


def _refuse(run: CourseRun) -> Enrollment:
    raise NotOpen(run)


def _take_place(
    *, learner: User, run: CourseRun, at: datetime.datetime, is_admitted: bool = False
) -> Enrollment:
    try:
        made = places.take(learner=learner, run=run, at=at, is_admitted=is_admitted)
    except IntegrityError:
        # The same learner's other request was first; its place is the one that counts.
        made = places.take(learner=learner, run=run, at=at, is_admitted=is_admitted)
    if made is None:
        # The statement lets nobody into a course with prerequisites who was not looked at.
        _admit(learner, run, at)
        made = _take_place(learner=learner, run=run, at=at, is_admitted=True)
    return made


def _admit(learner: User, run: CourseRun, at: datetime.datetime) -> None:
    missing = prerequisites.missing(learner, run.course, at=at)
    if missing:
        raise NotAdmitted(missing)


def _request(*, learner: User, run: CourseRun, at: datetime.datetime) -> Enrollment:
    known = places.known(learner, run, at=at)
    if known is not None:
        return known
    _admit(learner, run, at)
    made, _ = Enrollment.objects.get_or_create(
        learner=learner,
        run=run,
        status__in=Enrollment.LIVE,
        taken_again_at=None,
        defaults={
            "status": Status.REQUESTED,
            "had_seat": False,
            "enrolled_at": at,
            "edition": run.course.edition,
            "min_grade": run.course.min_grade,
        },
    )
    return made


@transaction.atomic
def approve(*, enrollment: Enrollment, at: datetime.datetime) -> Enrollment:
    """Give whoever has asked a seat, or the next place on the waitlist.

    A seat that costs something is offered: it is taken by paying.
    """
    run = locked_run(enrollment.run_id)
    has_seat = run.seats_left is None or run.seats_left > 0
    given: dict[str, object] = {
        "status": Status.WAITLISTED,
        "waitlist_place": run.waitlist_places_given + 1,
    }
    if has_seat:
        given = _offer(run, at=at) if run.is_paid else _SEATED
    asked = Enrollment.objects.filter(pk=enrollment.pk, status=Status.REQUESTED)
    changed = asked.update(**given)
    if changed:
        CourseRun.objects.filter(pk=run.pk).update(
            seats_taken=F("seats_taken") + int(has_seat),
            waitlist_places_given=F("waitlist_places_given") + int(not has_seat),
        )
    enrollment.refresh_from_db()
    return enrollment


@transaction.atomic
def withdraw(*, enrollment: Enrollment, at: datetime.datetime) -> None:
    """Leave the run, its waitlist or a request. A seat given back is offered to whoever is next.

    Repeating it is harmless, and so is a message that is older than the enrollment.
    """
    # The run's row comes first: all who come or go wait there.
    run = locked_run(enrollment.run_id)
    row = Enrollment.objects.filter(pk=enrollment.pk, enrolled_at__lte=at)
    left = {"status": Status.WITHDRAWN, "withdrawn_at": at, "offer_ends_at": None}
    if row.filter(status__in=Enrollment.WITH_SEAT).update(**left):
        # What is not paid yet need not be; what was paid the provider settles by its own rules.
        Order.objects.filter(enrollment=enrollment, status=Order.Status.OPEN).update(
            status=Order.Status.CANCELED
        )
        give_back(run, at=at)
    else:
        row.filter(status__in=[Status.WAITLISTED, Status.REQUESTED]).update(**left)


def locked_run(run_id: int) -> CourseRun:
    return CourseRun.objects.select_for_update(no_key=True).get(pk=run_id)


def take_free_seat(run: CourseRun) -> bool:
    """Whether there was one. Somebody's seat may be held, so this is for those who had one."""
    free = CourseRun.objects.filter(Q(seats=None) | Q(seats_taken__lt=F("seats")), pk=run.pk)
    return bool(free.update(seats_taken=F("seats_taken") + 1))


def give_back(run: CourseRun, *, at: datetime.datetime) -> None:
    """Of a locked run: hand on a seat that somebody had."""
    _leave(run)
    _hand_on(run, at=at)


def _leave(run: CourseRun) -> None:
    CourseRun.objects.filter(pk=run.pk, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)


@transaction.atomic
def promote_waitlist(*, run_id: int, at: datetime.datetime) -> None:
    """Hand on the seats that a run has been widened by."""
    _hand_on(locked_run(run_id), at=at)


def _hand_on(run: CourseRun, *, at: datetime.datetime) -> None:
    """Offer each free seat to whoever waits longest. ``run`` is locked: nobody takes one meanwhile.

    A run that is over offers nothing: nobody could use the seat.
    """
    run.refresh_from_db(fields=["seats", "seats_taken"])
    if run.ends_on is not None and run.ends_on < at.astimezone(run.zone).date():
        return
    waiting = Enrollment.objects.waitlisted().filter(run=run).values_list("pk", flat=True)
    chosen = list(waiting if run.seats_left is None else waiting[: max(run.seats_left, 0)])
    if not chosen:
        return
    given = _offer(run, at=at) if run.offer_hours or run.is_paid else _SEATED
    count = Enrollment.objects.filter(pk__in=chosen, status=Status.WAITLISTED).update(**given)
    CourseRun.objects.filter(pk=run.pk).update(seats_taken=F("seats_taken") + count)


def _offer(run: CourseRun, *, at: datetime.datetime) -> dict[str, object]:
    hours = run.offer_hours or DEFAULT_OFFER_HOURS
    return {"status": Status.OFFERED, "offer_ends_at": at + datetime.timedelta(hours=hours)}


@transaction.atomic
def accept_offer(
    *, enrollment: Enrollment, at: datetime.datetime, payment: Payment | None = None
) -> Enrollment:
    """Take the seat that is held. Repeating it is harmless; raises ``NoOffer`` when it is gone.

    A seat that costs something is paid for in the same step; see ``enroll``.
    """
    taken = Enrollment.objects.filter(
        pk=enrollment.pk, status=Status.OFFERED, offer_ends_at__gt=at
    ).update(**_SEATED, offer_ends_at=None)
    enrollment.refresh_from_db()
    if not taken and not enrollment.is_active:
        raise NoOffer(enrollment)
    _pay(enrollment, payment, at=at)
    return enrollment


def end_offers(*, at: datetime.datetime) -> int:
    """Let the offers go that nobody has taken, and hand their seats on; say how many."""
    ended = Enrollment.objects.filter(status=Status.OFFERED, offer_ends_at__lte=at)
    count = 0
    for enrollment in ended.order_by("run", "pk"):
        with transaction.atomic():
            count += _lapse(enrollment, at=at)
    return count


def _lapse(enrollment: Enrollment, *, at: datetime.datetime) -> bool:
    run = locked_run(enrollment.run_id)
    # Whoever accepts at this moment keeps the seat.
    lapsed = Enrollment.objects.filter(
        pk=enrollment.pk, status=Status.OFFERED, offer_ends_at__lte=at
    ).update(status=Status.LAPSED, withdrawn_at=at, offer_ends_at=None)
    if lapsed:
        give_back(run, at=at)
    return bool(lapsed)


def _cost(run: CourseRun) -> tuple[Decimal | None, str] | None:
    return (run.price, run.currency) if run.is_paid else None


@transaction.atomic
def transfer(*, enrollment: Enrollment, run: CourseRun, at: datetime.datetime) -> Enrollment:
    """Move to another run of the same course, with all progress, if that has a seat.

    Raises ``NotOpen`` when it has none, takes nobody, costs something else or lets only those in
    whom a curator has approved: the learner then keeps the old seat.
    """
    is_like = run.course_id == enrollment.run.course_id and _cost(run) == _cost(enrollment.run)
    if not is_like or run.needs_approval or not _takes_learners(run, at):
        raise NotOpen(run)
    if run.pk == enrollment.run_id:
        return enrollment
    # In one order, so that two who swap runs do not wait for each other.
    locked = {
        one.pk: one
        for one in CourseRun.objects.select_for_update(no_key=True)
        .filter(pk__in=[run.pk, enrollment.run_id])
        .order_by("pk")
    }
    others = Enrollment.objects.current().filter(learner=enrollment.learner_id, run=run)
    if others.exclude(pk=enrollment.pk).exists():
        raise NotOpen(run)
    # A place on the old run's waitlist means nothing here.
    mine = Enrollment.objects.active().filter(pk=enrollment.pk)
    if not take_free_seat(run) or not mine.update(run=run, waitlist_place=None):
        raise NotOpen(run)
    give_back(locked[enrollment.run_id], at=at)
    enrollment.refresh_from_db()
    return enrollment
