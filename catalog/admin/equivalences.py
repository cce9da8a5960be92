"""Saying that a course counts as another, in the rules that name that one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, curated_ids, is_superuser
from accounts.models import User
from catalog import actions
from catalog.models import Course, Equivalence


class EquivalenceForm(forms.ModelForm[Equivalence]):
    class Meta:
        model = Equivalence
        fields = ("course", "counts_as", "since", "reason")
        labels: ClassVar = {"course": "This course"}
        help_texts: ClassVar = {
            "counts_as": "The course that rules name, published ones too.",
            "since": "Completed on this day (UTC) or later, it counts.",
        }
        error_messages: ClassVar = {
            NON_FIELD_ERRORS: {
                "unique_together": "This is stated already. To change the day, delete what is "
                "stated and state it anew: awards that were made by it stand."
            }
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("course") and data["course"] == data.get("counts_as"):
            self.add_error("counts_as", "A course counts as itself already. Choose another one.")
        return data


@admin.register(Equivalence)
class EquivalenceAdmin(CuratorAdmin[Equivalence]):
    """Stated once, and taken back by deleting it: awards that were made by it stand."""

    form = EquivalenceForm
    organization_lookups = ("counts_as__provider", "counts_as__awarding_body")
    list_display = ("course", "counts_as", "since", "by", "stated_at")
    list_select_related = ("course", "counts_as", "by")
    list_per_page = 50
    search_fields = ("course__title", "counts_as__title", "reason")
    autocomplete_fields = ("course", "counts_as")
    fields = ("course", "counts_as", "since", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Equivalence | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Whoever curates a course decides what counts as it."""
        if db_field.name == "counts_as" and not is_superuser(request):
            own = curated_ids(request)
            kwargs["queryset"] = Course.objects.filter(
                Q(provider__in=own) | Q(awarding_body__in=own)
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Equivalence, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        stated = actions.state_equivalence(
            course=obj.course,
            counts_as=obj.counts_as,
            since=obj.since,
            reason=obj.reason,
            by=request.user,
            at=timezone.now(),
        )
        # What the admin goes on with, for its message and its history.
        obj.pk = stated.pk

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Equivalence) -> None:
        super().delete_model(request, obj)
        actions.rules_changed()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Equivalence]) -> None:
        super().delete_queryset(request, queryset)
        actions.rules_changed()
