"""Where django-allauth meets Cairn's users."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def populate_username(self, request: object, user: User) -> None:
        """Cairn's users have no user name."""
