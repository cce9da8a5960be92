"""The switch that stops issuing: set with a reason, seen on the first page, lifted there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, curated_ids, is_superuser
from accounts.models import User
from catalog.models import Achievement
from credentials import actions
from credentials.models import Halt


class HaltForm(forms.ModelForm[Halt]):
    class Meta:
        model = Halt
        fields = ("achievement", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        achievement = self.cleaned_data.get("achievement")
        if not self.errors and Halt.objects.in_force().filter(achievement=achievement).exists():
            raise forms.ValidationError("This is halted already.")
        return cleaned


@admin.register(Halt)
class HaltAdmin(CuratorAdmin[Halt]):
    organization_lookups = ("achievement__awarding_body",)
    change_form_template = "admin/credentials/halt_change_form.html"
    form = HaltForm
    list_display = ("__str__", "reason", "at", "by", "lifted_at", "lifted_by")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("achievement__course", "achievement__track", "by", "lifted_by")
    actions = ("lift",)
    fields = ("achievement", "reason")

    def get_fields(self, request: HttpRequest, obj: Halt | None = None) -> Any:
        audit = ("at", "by", "lifted_at", "lifted_by")
        return (*self.fields, *audit) if obj else self.fields

    def get_urls(self) -> list[URLPattern]:
        return [self.object_path("lift", self.lift_view), *super().get_urls()]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        if not is_superuser(request) and "achievement" in form.base_fields:
            # Only whoever runs the installation stops all of it.
            form.base_fields["achievement"].required = True
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "achievement" and not is_superuser(request):
            kwargs["queryset"] = Achievement.objects.filter(awarding_body__in=curated_ids(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Halt | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Halt | None = None) -> bool:
        return False

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return self.owns(request, None)

    def save_model(self, request: HttpRequest, obj: Halt, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        made = actions.halt(
            achievement=obj.achievement, by=request.user, reason=obj.reason, at=timezone.now()
        )
        obj.pk = made.pk

    @admin.action(description="Lift: issue again", permissions=["curate"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Halt]) -> None:
        for halt in queryset.in_force():  # type: ignore[attr-defined]
            self._lift(request, halt)

    def lift_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        halt = self.object_or_404(request, object_id)
        if not self.owns(request, halt):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._lift(request, halt)
        return redirect("admin:index")

    @transaction.atomic
    def _lift(self, request: HttpRequest, halt: Halt) -> None:
        assert isinstance(request.user, User)
        if actions.lift(halt=halt, by=request.user, at=timezone.now()):
            self.log_change(request, halt, "Lifted.")
        messages.success(request, f"{halt}: lifted. What waited is being issued.")

    def shown_first(self, request: HttpRequest) -> list[tuple[Halt, bool]]:
        """Those in force that the curator's credentials are under, and whether they may lift it."""
        in_force = Halt.objects.in_force().select_related(
            "achievement__course", "achievement__track", "by"
        )
        if not is_superuser(request):
            own = Q(achievement__awarding_body__in=curated_ids(request))
            in_force = in_force.filter(Q(achievement=None) | own)
        return [(halt, self.owns(request, halt)) for halt in in_force]
