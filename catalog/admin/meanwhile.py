"""Of two who write on one page at once, the second is told what the first has changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms


class AsShownField(forms.CharField):
    """What each field said when the page was opened: prints of it, not the words."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False  # Nothing that anybody has edited.


class MeanwhileForm(forms.ModelForm[Any]):
    """Refuses once to write over what was saved since its page was opened, and says what that is.

    Whoever saves again means it. The same that stands there already is no conflict: a button may
    be pressed twice.
    """

    as_shown = AsShownField()

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == "as_shown":
            return json.dumps(self._prints()) if self.instance.pk else ""
        return super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if found := self._changed_meanwhile(data.get("as_shown", "")):
            posted: Any = self.data
            self.data = posted = posted.copy()
            posted[self.add_prefix("as_shown")] = json.dumps(self._prints())
            names = ", ".join(f"“{self[name].label}”" for name in found)
            raise forms.ValidationError(
                f"Somebody has changed {names} since you opened this page. Nothing of yours is "
                "saved yet. Open the page in another tab to see what it says now; save again to "
                "replace that by what stands here."
            )
        return data

    def says_what_is_saved(self, name: str) -> bool:
        """Whether the field, which differs by the letter, says what stands there already."""
        return _print(self[name].data) == self._prints()[name]

    def _changed_meanwhile(self, as_shown: str) -> list[str]:
        try:
            shown = dict(json.loads(as_shown or "{}"))
        except (ValueError, TypeError):
            return []
        now = self._prints()
        return [
            name
            for name in self.changed_data
            if name in now
            and shown.get(name, now[name]) != now[name]
            and not self.says_what_is_saved(name)
        ]

    def _prints(self) -> dict[str, str]:
        return {
            name: _print(field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
            if name != "as_shown"
        }


def _print(value: Any) -> str:
    said = "" if value is None else str(value).replace("\r\n", "\n")
    return hashlib.sha256(said.encode()).hexdigest()[:16]
