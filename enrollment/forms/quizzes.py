"""The questions of an attempt as a form, and what was entered as responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Question
from enrollment.models import Answer, QuizAttempt
from enrollment.papers import Asked, chosen_from, posed
from enrollment.scoring import Response
from lib.numbers import read_number

Kind = Question.Kind

NO_CHOICE = {"invalid_choice": gettext_lazy("Choose one of the answers that are shown.")}
MISSING = {
    Kind.SINGLE: gettext_lazy("Choose an answer."),
    Kind.MULTIPLE: gettext_lazy("Tick at least one answer."),
    Kind.NUMERIC: gettext_lazy("Enter a number."),
    Kind.TEXT: gettext_lazy("Enter an answer."),
    Kind.ORDERING: gettext_lazy("Give each of them a place."),
    Kind.MATCHING: gettext_lazy("Choose something for each of them."),
}
HELP = {
    Kind.MULTIPLE: gettext_lazy("Tick all that apply."),
    Kind.NUMERIC: gettext_lazy("A number, without its unit."),
    Kind.ORDERING: gettext_lazy("Give each a place: 1 is the first."),
    Kind.MATCHING: gettext_lazy("Choose what belongs to each."),
}


@dataclass(frozen=True)
class Block:
    """A question on the page: its fields, and what is wrong with what was entered."""

    number: int
    asked: Asked
    fields: list[BoundField]

    @property
    def anchor(self) -> str:
        return f"question-{self.number}"

    @property
    def help_text(self) -> str:
        return str(HELP.get(self.asked["kind"], ""))

    @property
    def is_in_rows(self) -> bool:
        return self.asked["kind"] in {Kind.ORDERING, Kind.MATCHING}

    @property
    def is_typed(self) -> bool:
        return self.asked["kind"] in {Kind.NUMERIC, Kind.TEXT}

    @property
    def errors(self) -> list[str]:
        return list(dict.fromkeys(str(e) for field in self.fields for e in field.errors))


class QuizForm(forms.Form):
    """``responses`` has what can be saved, even if something else cannot."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, attempt: QuizAttempt, may_leave_out: bool = False
    ) -> None:
        super().__init__(data)
        self.attempt = attempt
        self.may_leave_out = may_leave_out
        self.posed = posed(attempt)
        self.responses: dict[int, Response] = {}
        for answer, asked in self.posed:
            for name, field, initial in _fields(answer, asked):
                self.fields[name] = field
                self.initial[name] = initial

    def blocks(self) -> Iterator[Block]:
        for answer, asked in self.posed:
            prefix = _name(asked)
            yield Block(
                answer.number,
                asked,
                [
                    self[name]
                    for name in self.fields
                    if name == prefix or name.startswith(f"{prefix}-")
                ],
            )

    def wrong(self) -> list[Block]:
        return [block for block in self.blocks() if block.errors]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        for _answer, asked in self.posed:
            name = _name(asked)
            parts = [key for key in self.fields if key.startswith(f"{name}-")]
            if any(key in self.errors for key in (name, *parts)):
                continue
            entered = _response(asked, values, name)
            if asked["kind"] == Kind.ORDERING and len(set(entered.values())) < len(entered):
                self.add_error(parts[0], _("Two of them have the same place."))
                continue
            self.responses[asked["id"]] = entered or None
            is_whole = len(entered) == len(parts) if parts else bool(entered)
            if not is_whole and not self.may_leave_out:
                empty = next((key for key in parts if not values[key]), name)
                self.add_error(empty, str(MISSING[asked["kind"]]))
        return values


class NumberField(forms.CharField):
    """A number as the reader's language writes it, kept as a decimal number in text."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        mark = get_format("DECIMAL_SEPARATOR")
        number = read_number(text, decimal_mark=mark)
        if number is None:
            example = f"12{mark}5"
            raise forms.ValidationError(
                _("Enter a number such as %(example)s, with at most 15 digits.")
                % {"example": example}
            )
        return f"{number.normalize():f}"


def _name(asked: Asked) -> str:
    return f"question-{asked['id']}"


def _fields(answer: Answer, asked: Asked) -> Iterator[tuple[str, forms.Field, Any]]:
    """Name, field and what was saved."""
    name, saved = _name(asked), answer.response
    texts = {one["id"]: one["text"] for one in chosen_from(asked)}
    choices = [(str(pk), texts[pk]) for pk in answer.layout]
    labelled = {"aria-labelledby": f"question-{answer.number}-text"}
    match asked["kind"]:
        case Kind.SINGLE:
            one = forms.ChoiceField(
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                error_messages=NO_CHOICE,
            )
            yield name, one, saved[0] if saved else None
        case Kind.MULTIPLE:
            several = forms.MultipleChoiceField(
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages=NO_CHOICE,
            )
            yield name, several, saved or []
        case Kind.NUMERIC:
            widget = forms.TextInput(
                attrs={**labelled, "inputmode": "decimal", "autocomplete": "off", "size": 20}
            )
            field = NumberField(required=False, max_length=40, widget=widget)
            yield name, field, (saved or "").replace(".", get_format("DECIMAL_SEPARATOR"))
        case Kind.TEXT:
            widget = forms.TextInput(attrs={**labelled, "autocomplete": "off"})
            yield name, forms.CharField(required=False, max_length=500, widget=widget), saved
        case _:
            yield from _rows(answer, asked, choices)


def _rows(
    answer: Answer, asked: Asked, options: list[tuple[str, str]]
) -> Iterator[tuple[str, forms.Field, Any]]:
    """A select for each thing: its place, or what belongs to it."""
    texts = {one["id"]: one["text"] for one in asked["choices"]}
    ids = list(texts)
    if asked["kind"] == Kind.ORDERING:
        ids = answer.layout
        options = [(str(place), str(place)) for place in range(1, len(ids) + 1)]
    for pk in ids:
        field = forms.ChoiceField(
            label=texts[pk],
            choices=[("", "–"), *options],
            required=False,
            error_messages=NO_CHOICE,
        )
        yield f"{_name(asked)}-{pk}", field, (answer.response or {}).get(str(pk))


def _response(asked: Asked, values: dict[str, Any], name: str) -> Any:
    """What was entered as ``scoring`` reads it; empty for what was left out."""
    match asked["kind"]:
        case Kind.SINGLE:
            return [int(values[name])] if values[name] else []
        case Kind.MULTIPLE:
            return sorted(int(one) for one in set(values[name]))
        case Kind.NUMERIC | Kind.TEXT:
            return values[name]
        case _:
            entered = {one["id"]: values[f"{name}-{one['id']}"] for one in asked["choices"]}
            return {str(pk): int(value) for pk, value in entered.items() if value}
