"""What seats cost: vouchers to give away, and orders to be marked as paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, curated_ids, is_superuser
from catalog.models import CourseRun
from enrollment.models import Order, Voucher
from lib.words import counted


class VoucherForm(forms.ModelForm[Voucher]):
    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        run, provider = data.get("run"), data.get("provider", self.instance.provider_id)
        if (
            run is not None
            and provider
            and run.course.provider_id != getattr(provider, "pk", provider)
        ):
            self.add_error("run", "This run is another provider’s.")
        if (data.get("uses_allowed") or 0) < self.instance.uses:
            self.add_error(
                "uses_allowed", f"It was used {counted(self.instance.uses, 'time')} already."
            )
        return data


@admin.register(Voucher)
class VoucherAdmin(CuratorAdmin[Voucher]):
    form = VoucherForm
    organization_lookups = ("provider",)
    list_display = ("code", "provider", "run", "uses", "uses_allowed", "valid_until", "note")
    list_select_related = ("provider", "run__course")
    search_fields = ("code", "note")
    fields = ("code", "provider", "run", "uses_allowed", "uses", "valid_until", "note")
    readonly_fields = ("uses",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "run":
            runs = CourseRun.objects.filter(price__gt=0, is_external=False)
            if not is_superuser(request):
                runs = runs.filter(course__provider__in=curated_ids(request))
            kwargs["queryset"] = runs.select_related("course")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Voucher | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.uses)


@admin.register(Order)
class OrderAdmin(CuratorAdmin[Order]):
    is_read_only = True
    organization_lookups = ("enrollment__run__course__provider",)
    list_display = ("number", "learner", "amount", "currency", "method", "status", "due_on")
    list_filter = ("status", "method")
    list_select_related = ("enrollment__learner",)
    search_fields = ("enrollment__learner__email", "billing_name")
    date_hierarchy = "created_at"
    actions = ("mark_paid",)
    fields = (
        *("number", "learner", "enrollment", "amount", "currency", "method", "status"),
        *("voucher", "employer", "billing_name", "billing_address", "created_at", "due_on"),
        *("paid_at", "recorded_by"),
    )
    readonly_fields = ("number", "learner")

    @admin.display(ordering="enrollment__learner__email")
    def learner(self, order: Order) -> str:
        return str(order.enrollment.learner)

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return self.owns(request, None)

    @admin.action(description="Mark as paid", permissions=["curate"])
    def mark_paid(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        with transaction.atomic():
            paid = list(queryset.select_for_update(of=("self",)).filter(status=Order.Status.OPEN))
            Order.objects.filter(pk__in=[order.pk for order in paid]).update(
                status=Order.Status.PAID, paid_at=timezone.now(), recorded_by=request.user.pk
            )
            for order in paid:
                self.log_change(request, order, "Marked as paid.")
        are = "is" if len(paid) == 1 else "are"
        messages.success(request, f"{counted(len(paid), 'order')} {are} marked as paid.")
