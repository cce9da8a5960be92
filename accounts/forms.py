from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.text import clean_name


class NameField(forms.CharField):
    """A person's name in any script, free of what cannot be printed or signed."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            label=_("Your name on credentials"),
            max_length=200,
            help_text="As it should be printed, in your own script and order.",
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            **kwargs,  # type: ignore[arg-type]
        )

    def clean(self, value: object) -> str:
        try:
            return clean_name(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class SignupForm(forms.Form):
    """What django-allauth's sign-up asks for besides the address and the password."""

    credential_name = NameField()

    def signup(self, request: object, user: User) -> None:
        user.credential_name = self.cleaned_data["credential_name"]
        # Whoever signs up on a German page expects German mail.
        user.language = get_language() or ""
        user.save(update_fields=["credential_name", "language"])


class ProfileForm(forms.Form):
    credential_name = NameField()
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[("", _("As the site")), *settings.LANGUAGES],
        required=False,
    )
