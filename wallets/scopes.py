"""What an app may be allowed, in the words that people read before they allow it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oauth2_provider.scopes import BaseScopes

from accounts.models import ApiClient
from wallets.models import RegisteredApp

OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
READ_CREDENTIALS = f"{OPEN_BADGES}credential.readonly"
WRITE_CREDENTIALS = f"{OPEN_BADGES}credential.upsert"
READ_PROFILE = f"{OPEN_BADGES}profile.readonly"
WRITE_PROFILE = f"{OPEN_BADGES}profile.update"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/scope/"
OFFLINE = "offline_access"
"""Open Badges 3.0 §7.1 has apps ask for it; who connects an app here stays connected anyway."""

IN_WORDS: dict[str, str | Promise] = {
    READ_CREDENTIALS: _("Read all of your credentials, also those that only you see"),
    WRITE_CREDENTIALS: _("Add Open Badges of others to those that you keep here"),
    READ_PROFILE: _("Read your name and your e-mail address"),
    WRITE_PROFILE: _("Change the name that your next credentials carry"),
    f"{CLR}credential.readonly": _("Read all of your transcripts, also those that only you see"),
    f"{CLR}profile.readonly": _("Read your name and your e-mail address"),
    f"{CLR}profile.update": _("Change the name that your next credentials carry"),
    OFFLINE: _("Stay connected while you are away, until you disconnect it"),
}
DEFAULT = (READ_CREDENTIALS, READ_PROFILE)
"""Of an app that names none when it registers: those that change nothing."""


class ScopesOfClients(BaseScopes):
    """Programs of organizations have the scopes of the settings; apps those they registered for.

    Neither can ask for the other's.
    """

    def get_all_scopes(self) -> dict[str, Any]:
        return {**_of_programs(), **IN_WORDS}

    def get_available_scopes(
        self, application: ApiClient | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        if application is None:
            return list(self.get_all_scopes())
        if application.authorization_grant_type == ApiClient.GRANT_CLIENT_CREDENTIALS:
            return list(_of_programs())
        registered: RegisteredApp | None = getattr(application, "registered_app", None)
        return registered.scope.split() if registered else []

    def get_default_scopes(
        self, application: ApiClient | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def _of_programs() -> dict[str, str]:
    scopes: Any = settings.OAUTH2_PROVIDER["SCOPES"]
    return dict(scopes)
