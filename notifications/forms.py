from __future__ import annotations

from collections.abc import Mapping

from django import forms

from notifications.models import ESSENTIAL, Delivery, Kind


class PreferencesForm(forms.Form):
    """For each kind that can be switched off, how it is to come."""

    def __init__(self, *args: object, wanted: Mapping[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for kind in Kind:
            if kind not in ESSENTIAL:
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=Delivery.choices,
                    initial=wanted.get(kind, Delivery.NOW),
                    widget=forms.RadioSelect,
                )
