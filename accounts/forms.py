from __future__ import annotations

from typing import Any

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
            help_text=_("As it should be printed, in your own script and order."),
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


class EraseForm(forms.Form):
    """Typed and not only clicked: the address, and the password of whoever has one."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("To be sure that you mean it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_email(self) -> str:
        if self.cleaned_data["email"].casefold() != self.user.email.casefold():
            raise forms.ValidationError(_("This is not the address that you sign in with."))
        return self.user.email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


class ProfileForm(forms.Form):
    credential_name = NameField()
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[("", _("As the site")), *settings.LANGUAGES],
        required=False,
    )
