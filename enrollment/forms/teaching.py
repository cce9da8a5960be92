"""What instructors enter: who came, and what they write to a cohort."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.cohorts import Audience, Cohort
from lib.text import clean_text

MOST_LETTERS = 5000


class CohortMessageForm(forms.Form):
    """``number`` makes a form that is sent twice one message."""

    number = forms.UUIDField(widget=forms.HiddenInput)
    audience = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)
    body = forms.CharField(
        label=_("Message"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Plain text. Each gets it in the inbox, and by mail unless they chose not to."),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"number": uuid.uuid4(), "audience": Audience.ALL})
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (Audience.ALL, _("Everyone (%d)") % len(cohort.standings)),
            (Audience.STUCK, _("Those who are stuck (%d)") % len(cohort.stuck)),
            (Audience.NOT_STARTED, _("Those who have not started (%d)") % len(cohort.not_started)),
        ]

    def clean_body(self) -> str:
        try:
            return clean_text(self.cleaned_data["body"], lines=True)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class AttendanceForm(forms.Form):
    """Beside the list of who came, which the view reads: why a mark that stood is changed."""

    reason = forms.CharField(
        label=_("Why marks are changed"),
        max_length=500,
        required=False,
        help_text=_("Only needed if you change what was marked before."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
