"""Rows that have an order, and rows that learners may already have used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.db.models import F

FAR = 1_000_000
"""Beyond any position, to make room while rows change places."""


def is_used_by_learners(item: models.Model) -> bool:
    """Whether deleting the row would take with it, or break, rows of the apps above."""
    collector = NestedObjects(using=router.db_for_write(type(item)), origin=item)
    collector.collect([item])
    models_met = {type(row) for rows in collector.model_objs.values() for row in rows}
    return bool(collector.protected) or any(
        model._meta.app_label != "catalog" for model in models_met
    )


class UsedRowsStay(forms.BaseInlineFormSet[Any, Any, Any]):
    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            if self._should_delete_form(form) and is_used_by_learners(form.instance):  # type: ignore[attr-defined]
                raise ValidationError(
                    f"“{form.instance}” stays: learners have worked with it. "
                    "Edit it instead, or take off the mark that deletes it."
                )


class PositionForm(forms.ModelForm[Any]):
    """Positions only say the order: two that are equal are no mistake."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"position"}


class OrderedFormSet(UsedRowsStay):
    """Numbers the rows 1, 2, 3 by the positions that were entered; those without one come last."""

    def save(self, commit: bool = True) -> Any:
        if not commit or not self.has_changed():
            return super().save(commit=commit)
        forms_left = [
            form
            for form in self.forms
            if not self._should_delete_form(form)  # type: ignore[attr-defined]
            and (form.instance.pk or form.has_changed())
        ]
        forms_left.sort(key=_entered_position)
        with transaction.atomic():
            self.get_queryset().model._default_manager.filter(
                **{self.fk.name: self.instance}
            ).update(position=F("position") + FAR)
            for number, form in enumerate(forms_left, start=1):
                form.instance.position = number
            saved = super().save(commit=True)
            for form in forms_left:
                type(form.instance)._default_manager.filter(pk=form.instance.pk).update(
                    position=form.instance.position
                )
        return saved


def _entered_position(form: Any) -> int:
    position = form.cleaned_data.get("position")
    return FAR if position is None else int(position)
