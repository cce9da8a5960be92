from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential
from credentials.vc import carriers
from lib.text import clean_text


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(
        label=_("Who may see this page"),
        choices=Credential.Visibility.choices,
        widget=forms.RadioSelect,
    )


class TranscriptForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the transcript"),
        max_length=200,
        help_text=_("It stands on the transcript, for whoever reads it."),
    )

    def clean_name(self) -> str:
        try:
            return clean_text(self.cleaned_data["name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class DidForm(forms.Form):
    proof = forms.CharField(
        label=_("The signed JWT"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Why you should be awarded it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What you have done, and where it can be seen."),
    )


class VerifyForm(forms.Form):
    """One of three ways to say which credential, and whose it should be."""

    file = forms.FileField(
        label=_("A credential file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.jsonld,.jwt,.png,.svg,.pdf"}),
        help_text=_(
            "What the holder gave you: JSON, JWT, a PNG or SVG badge, or a PDF certificate."
        ),
    )
    text = forms.CharField(
        label=_("The credential's text"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Paste all of it, from the first brace to the last."),
    )
    address = forms.CharField(
        label=_("Its address"),
        required=False,
        max_length=2000,
        help_text=_("For example the link that the holder sent you, on this site or another one."),
    )
    recipient = forms.CharField(
        label=_("Whose it should be"),
        required=False,
        max_length=500,
        help_text=_(
            "The holder's e-mail address, or their identifier that begins with did:. It is compared"
            " with the credential, and not stored."
        ),
    )

    def clean_file(self) -> bytes | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > carriers.MAX_BYTES:
            raise forms.ValidationError(
                f"Choose a file of at most {carriers.MAX_BYTES // 1024} KiB: credentials are small."
            )
        content: bytes = file.read()
        return content

    def clean_recipient(self) -> str:
        recipient: str = self.cleaned_data["recipient"]
        if recipient and "@" not in recipient and not recipient.startswith("did:"):
            raise forms.ValidationError(_("Write an e-mail address, or an identifier with did:."))
        return recipient

    def clean(self) -> dict[str, Any]:
        given = [name for name in ("file", "text", "address") if self.cleaned_data.get(name)]
        if not given and not self.errors:
            raise forms.ValidationError(_("Choose a file, paste the text, or enter the address."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give the credential in one way only."))
        return self.cleaned_data
