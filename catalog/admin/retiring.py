"""Retiring: who is concerned, and which course counts in the place of the one that goes."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.admin_access import ReasonForm
from catalog.models import Course

MOST_OFFERED = 300


class RetireCourseForm(ReasonForm):
    """``replacement`` is the course that counts as the retired one ``since`` a day (UTC)."""

    replacement = forms.CharField(
        label="Replaced by",
        required=False,
        max_length=200,
        # Completed over what the page offers, by the browser alone.
        widget=forms.TextInput(attrs={"class": "vTextField", "list": "offered"}),
        help_text="The slug of a published course. It counts as the retired one in every rule "
        "that names that, also in published ones. Empty: nothing does.",
    )
    since = forms.DateField(
        label="Counts from",
        required=False,
        initial=lambda: timezone.now().date(),
        widget=forms.DateInput(attrs={"type": "date", "class": "vDateField"}),
        help_text="Whoever has completed the replacement on this day (UTC) or later has what the "
        "rules ask for.",
    )
    field_order = ("replacement", "since", "reason")

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course

    def offered(self) -> QuerySet[Course]:
        """Where its successor most likely is: the provider's own, and those of its field."""
        near = Q(provider=self.course.provider_id) | Q(field=self.course.field)
        return self._possible().filter(near).order_by("title")[:MOST_OFFERED]

    def _possible(self) -> QuerySet[Course]:
        return Course.objects.published().exclude(pk=self.course.pk)

    def clean_replacement(self) -> Course | None:
        name = self.cleaned_data["replacement"].strip()
        if not name:
            return None
        found = self._possible().filter(Q(slug=name) | Q(external_id=name)).first()
        if found is None:
            raise forms.ValidationError(
                f"No other published course is called “{name}”. Enter its slug."
            )
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since: datetime.date | None = data.get("since")
        if data.get("replacement") and "since" not in self.errors and not since:
            self.add_error("since", "Say from which day on the replacement counts.")
        return data
