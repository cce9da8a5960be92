"""Handing in work, and marking it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Assignment, Criterion
from enrollment import uploads
from enrollment.actions.assignments import Mark
from enrollment.models import Review
from lib.text import clean_text

MAX_TEXT = 50_000
MAX_COMMENT = 5_000


class PlainText(forms.CharField):
    """Several lines, without characters that cannot be shown."""

    def __init__(self, *, rows: int, max_length: int = MAX_COMMENT, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        entered: str = super().clean(value)
        try:
            return clean_text(entered, lines=True)
        except ValueError as error:
            raise forms.ValidationError(
                _("The text has a character that cannot be shown. Remove it.")
            ) from error


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, each looked into; its value is a list of ``uploads.Upload``."""

    widget = ManyFiles

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.widget.attrs["accept"] = uploads.ACCEPT

    def clean(self, data: Any, initial: Any = None) -> list[uploads.Upload]:
        files: Sequence[UploadedFile[bytes]] = data or []
        if len(files) > self.most:
            raise forms.ValidationError(
                ngettext("Hand in one file.", "Hand in at most %(most)s files.", self.most)
                % {"most": self.most}
            )
        accepted, problems = [], []
        for file in files:
            try:
                accepted.append(uploads.checked(file))
            except uploads.Refused as refused:
                problems.append(str(refused))
        if problems:
            raise forms.ValidationError(problems)
        return accepted


class HandInForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if assignment.accepts_text:
            self.fields["text"] = PlainText(
                label=gettext_lazy("Your text"),
                rows=12,
                max_length=MAX_TEXT,
                required=not assignment.accepts_files,
            )
        if assignment.accepts_files:
            self.fields["files"] = FilesField(
                label=gettext_lazy("Files"),
                most=assignment.max_files,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.text and not self.files_checked:
            raise forms.ValidationError(_("There is nothing to hand in yet. Write or attach it."))
        return data

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("text", ""))

    @property
    def files_checked(self) -> list[uploads.Upload]:
        return list(self.cleaned_data.get("files", []))


class MarkingForm(forms.Form):
    """For each criterion one of its levels, or a number of points; and what to say about it."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        decision: str = Review.Decision.GRADE,
        is_correction: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        is_return = decision == Review.Decision.RETURN
        for criterion in criteria:
            self.fields[f"points-{criterion.pk}"] = _points(criterion, is_needed=not is_return)
            self.fields[f"comment-{criterion.pk}"] = PlainText(
                label=gettext_lazy("Comment"), rows=2, required=False
            )
        self.fields["comment"] = PlainText(
            label=gettext_lazy("Comment on the whole"),
            rows=4,
            required=is_return,
            error_messages={
                "required": gettext_lazy("Say what is to be done before it comes back.")
            },
        )
        if is_correction:
            self.fields["reason"] = PlainText(
                label=gettext_lazy("Why the grade is corrected"),
                rows=2,
                error_messages={"required": gettext_lazy("Say why.")},
            )

    def lines(self) -> Iterator[tuple[Criterion, BoundField, BoundField]]:
        for criterion in self.criteria:
            yield criterion, self[f"points-{criterion.pk}"], self[f"comment-{criterion.pk}"]

    def marks(self) -> dict[int, Mark]:
        """Criterion id → mark, as the actions take them."""
        given = {one.pk: self.cleaned_data[f"points-{one.pk}"] for one in self.criteria}
        return {
            pk: Mark(int(points), self.cleaned_data[f"comment-{pk}"])
            for pk, points in given.items()
            if points not in (None, "")
        }


def _points(criterion: Criterion, *, is_needed: bool) -> forms.Field:
    levels = list(criterion.levels.all())
    if levels:
        return forms.TypedChoiceField(
            label=criterion.title,
            choices=[(level.points, level.text) for level in levels],
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            required=is_needed,
            error_messages={"required": gettext_lazy("Choose a level.")},
        )
    return forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=0,
        max_value=criterion.points,
        required=is_needed,
        error_messages={"required": gettext_lazy("Enter the points.")},
    )
