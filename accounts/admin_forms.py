"""Forms that the admin pages of several apps share."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_unicode_slug

from lib.slugs import unique_slug


class SlugForm(forms.ModelForm[Any]):
    """A form whose slug makes itself from the name when it is left empty."""

    named_by: ClassVar[str] = "title"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "Part of the address. Left empty, it is made for you."

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug:
            validate_unicode_slug(slug)
        return slug

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("slug") == "" and data.get(self.named_by):
            data["slug"] = unique_slug(self._meta.model, data[self.named_by])
        return data
