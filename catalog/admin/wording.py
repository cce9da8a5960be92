"""The words and the term of a credential, on the pages of what awards it: a course, a track."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms

from accounts.admin_forms import SlugForm
from catalog import drafting
from catalog.actions import Term, Wording
from catalog.admin.meanwhile import MeanwhileForm
from catalog.models import AchievementVersion, Renewal

SAID_BY_THE_PAGE = frozenset({"title", "summary"})
"""Of these the credential's words are made where nobody has chosen others."""

WORDING_FIELDS = ("credential_name", "credential_description", "criteria")
TERM_FIELDS = ("valid_months", "renewal")


class WordingForm(MeanwhileForm, SlugForm):
    credential_name = forms.CharField(
        max_length=200, required=False, help_text="Empty: the title above."
    )
    credential_description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Empty: the summary above.",
    )
    criteria = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="What a learner has to do, in words. Empty: made for you.",
    )
    valid_months = forms.IntegerField(
        label="Valid for",
        required=False,
        min_value=1,
        max_value=1200,
        help_text="Months from the award on. Empty: for ever.",
    )
    renewal = forms.ChoiceField(
        label="Renewed by",
        required=False,
        choices=Renewal.choices,
        help_text="What a holder does again, from 180 days before it expires. A course is taken "
        "again in the same run or another one: see that one is open. A credential that never "
        "expires is not awarded again: a rule that cannot do without one is published only if "
        "renewed by what has changed.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version: AchievementVersion | None = None
        self.wording = Wording()
        if self.instance.pk:
            self.version = drafting.shown_version(self.instance)
            self.wording = drafting.wording_of(self.version, item=self.instance)
        self.initial["credential_name"] = self.wording.name
        self.initial["credential_description"] = self.wording.description
        self.initial["criteria"] = self.wording.criteria
        self.term = Term.of(self.version)
        self.initial.update(asdict(self.term))

    def clean_criteria(self) -> str:
        return _one_line_end(self.cleaned_data["criteria"])

    def clean_credential_description(self) -> str:
        return _one_line_end(self.cleaned_data["credential_description"])

    def clean_renewal(self) -> str:
        return self.cleaned_data["renewal"] or str(Renewal.WHOLE)

    def entered_wording(self) -> Wording:
        return Wording(*(self.cleaned_data[name] for name in WORDING_FIELDS))

    def entered_term(self) -> Term:
        return Term(*(self.cleaned_data[name] for name in TERM_FIELDS))

    def says_something_else(self) -> bool:
        """Whether the next version reads otherwise, by its own words, its term, or the page's."""
        is_renamed = bool(self.version and SAID_BY_THE_PAGE & set(self.changed_data))
        return (
            is_renamed or self.entered_wording() != self.wording or self.entered_term() != self.term
        )


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n")
