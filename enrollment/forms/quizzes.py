from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from catalog.models import Question


class QuizForm(forms.Form):
    """One field a question; every question wants an answer."""

    use_required_attribute = False

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            choices = [(choice.pk, choice.text) for choice in question.choices.all()]
            self.fields[f"question-{question.pk}"] = (
                forms.TypedMultipleChoiceField(
                    label=question.text,
                    choices=choices,
                    coerce=int,
                    widget=forms.CheckboxSelectMultiple,
                    help_text="Tick all that apply.",
                    error_messages={"required": _("Tick at least one answer.")},
                )
                if question.kind == Question.Kind.MULTIPLE
                else forms.TypedChoiceField(
                    label=question.text,
                    choices=choices,
                    coerce=int,
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Choose an answer.")},
                )
            )

    def unanswered(self) -> Iterator[tuple[int, BoundField]]:
        """The questions with errors, numbered as on the page."""
        for number, field in enumerate(self, 1):
            if field.errors:
                yield number, field

    def answers(self) -> dict[int, set[int]]:
        """Question id → ids of the ticked choices, as ``actions.submit_quiz`` takes them."""
        ticked = {}
        for question in self.questions:
            value = self.cleaned_data[f"question-{question.pk}"]
            ticked[question.pk] = set(value) if isinstance(value, list) else {value}
        return ticked
