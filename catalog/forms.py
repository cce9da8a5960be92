from __future__ import annotations

from typing import Any

from django import forms

from catalog import languages
from catalog.models import Course, Field
from catalog.search import MAX_CHARACTERS


class CourseFilterForm(forms.Form):
    """What the catalog is filtered by. What is not understood is left out, not refused."""

    q = forms.CharField(
        label="Search",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": MAX_CHARACTERS}),
    )
    field = forms.ChoiceField(
        label="Field", required=False, choices=[("", "All fields"), *Field.choices]
    )
    language = forms.ChoiceField(label="Language", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = Course.objects.published().order_by().values_list("language", flat=True).distinct()
        named = sorted((languages.name_of(tag), tag) for tag in tags)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", "All languages"), *((tag, name) for name, tag in named)]

    def chosen(self) -> dict[str, str]:
        """The filters that are set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
