"""Ways to pay for a seat. A card processor would be one more class here.

A method is offered for a run if it ``applies``; ``settle`` makes the order of an enrollment that
has just got its seat, in the same transaction, or raises ``CannotPay`` and nothing has happened.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization, User
from catalog.models import CourseRun
from enrollment.models import Enrollment, Order, Voucher

DAYS_TO_PAY = 30


class CannotPay(ValueError):
    """The seat cannot be paid for like that; the message says what to change."""


@dataclass(frozen=True)
class Payment:
    """How a learner wants to pay: only what the method asks for is filled in."""

    method: str
    voucher_code: str = ""
    billing_name: str = ""
    billing_address: str = ""
    employer_id: int | None = None


class Method(Protocol):
    def applies(self, run: CourseRun, learner: User) -> bool: ...

    def settle(
        self, enrollment: Enrollment, payment: Payment, *, at: datetime.datetime
    ) -> Order: ...


class ByVoucher:
    def applies(self, run: CourseRun, learner: User) -> bool:
        return True

    def settle(self, enrollment: Enrollment, payment: Payment, *, at: datetime.datetime) -> Order:
        run = enrollment.run
        code = payment.voucher_code.strip().upper()
        usable = (
            Voucher.objects.filter(code=code, provider=run.course.provider_id)
            .filter(Q(run=None) | Q(run=run))
            .filter(Q(valid_until=None) | Q(valid_until__gte=at.astimezone(run.zone).date()))
        )
        # Counted in the UPDATE: of two who use the last one at once, one is told.
        if not usable.filter(uses__lt=F("uses_allowed")).update(uses=F("uses") + 1):
            if usable.exists():
                raise CannotPay(_("This voucher has been used up."))
            raise CannotPay(_("This voucher is unknown, has expired or is for another course."))
        return _order(enrollment, payment, at=at, paid_at=at, voucher=usable.get())


class ByInvoice:
    def applies(self, run: CourseRun, learner: User) -> bool:
        return run.accepts_invoice

    def settle(self, enrollment: Enrollment, payment: Payment, *, at: datetime.datetime) -> Order:
        if not payment.billing_name.strip() or not payment.billing_address.strip():
            raise CannotPay(_("Write the name and the address that the invoice goes to."))
        return _order(enrollment, payment, at=at)


class ByEmployer:
    def applies(self, run: CourseRun, learner: User) -> bool:
        return run.accepts_employer and employers_of(learner).exists()

    def settle(self, enrollment: Enrollment, payment: Payment, *, at: datetime.datetime) -> Order:
        employer = employers_of(enrollment.learner).filter(pk=payment.employer_id or 0).first()
        if employer is None:
            raise CannotPay(_("Choose one of your employers."))
        return _order(enrollment, payment, at=at, employer=employer)


METHODS: Mapping[str, Method] = {
    Order.Method.VOUCHER: ByVoucher(),
    Order.Method.INVOICE: ByInvoice(),
    Order.Method.EMPLOYER: ByEmployer(),
}


def methods_for(run: CourseRun, learner: User) -> list[str]:
    return [name for name, method in METHODS.items() if method.applies(run, learner)]


def employers_of(learner: User) -> models.QuerySet[Organization]:
    return Organization.objects.filter(
        is_employer=True,
        memberships__user=learner,
        memberships__role=Membership.Role.EMPLOYEE,
    ).distinct()


def settle(enrollment: Enrollment, payment: Payment, *, at: datetime.datetime) -> Order:
    """Order the seat. Raises ``CannotPay``."""
    method = METHODS.get(payment.method)
    if method is None or not method.applies(enrollment.run, enrollment.learner):
        raise CannotPay(_("Choose one of the ways to pay that this course takes."))
    return method.settle(enrollment, payment, at=at)


def _order(
    enrollment: Enrollment,
    payment: Payment,
    *,
    at: datetime.datetime,
    paid_at: datetime.datetime | None = None,
    voucher: Voucher | None = None,
    employer: Organization | None = None,
) -> Order:
    run = enrollment.run
    assert run.price is not None
    return Order.objects.create(
        enrollment=enrollment,
        method=payment.method,
        status=Order.Status.PAID if paid_at else Order.Status.OPEN,
        amount=run.price,
        currency=run.currency,
        voucher=voucher,
        employer=employer,
        billing_name=payment.billing_name.strip(),
        billing_address=payment.billing_address.strip(),
        created_at=at,
        due_on=None if paid_at else at.date() + datetime.timedelta(days=DAYS_TO_PAY),
        paid_at=paid_at,
    )
