"""What a seat costs, and how it is paid."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization, User
from catalog.models import CourseRun
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard


class Voucher(models.Model):
    """A code that pays for seats: of one run, or of all runs of a provider."""

    code = models.CharField(
        max_length=40, unique=True, help_text="Letters, digits and hyphens; case does not matter."
    )
    provider = models.ForeignKey(Organization, models.CASCADE, related_name="vouchers")
    run = models.ForeignKey(
        CourseRun, models.CASCADE, null=True, blank=True, related_name="vouchers"
    )
    uses_allowed = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0, editable=False)
    valid_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="Who got it, and why.")

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(uses__lte=F("uses_allowed")), name="voucher_used_as_often_as_allowed"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]{3,39}$"), name="voucher_code_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Order(models.Model):
    """One seat, its price at the moment of ordering, and who pays for it."""

    class Method(models.TextChoices):
        VOUCHER = "voucher"
        INVOICE = "invoice"
        EMPLOYER = "employer"

    class Status(models.TextChoices):
        OPEN = "open", "to be paid"
        PAID = "paid"
        CANCELED = "canceled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="order")
    method = models.CharField(max_length=10, choices=Method.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="orders"
    )
    employer = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="orders"
    )
    billing_name = models.CharField(max_length=200, blank=True)
    billing_address = models.TextField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(method="voucher", voucher__isnull=False, employer=None)
                | Q(method="employer", employer__isnull=False, voucher=None)
                | Q(method="invoice", voucher=None, employer=None) & ~Q(billing_name=""),
                name="order_says_who_pays",
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False)
                | Q(status__in=["open", "canceled"], paid_at=None),
                name="order_paid_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, currency__regex=r"^[A-Z]{3}$"),
                name="order_has_an_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount} {self.currency}"

    @property
    def number(self) -> str:
        """What stands on the invoice."""
        return f"{self.created_at:%Y}-{self.pk:06d}"


GUARDS = [
    Guard(
        name="order_keeps_its_amount",
        table="enrollment_order",
        on="UPDATE",
        forbidden="NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency"
        " OR NEW.enrollment_id <> OLD.enrollment_id OR NEW.method <> OLD.method",
    ),
]
