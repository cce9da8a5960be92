from __future__ import annotations

from django.apps import AppConfig

from lib import db_guards


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import holdings
        from accounts.models import GUARDS

        holdings.register()
        db_guards.keep(self, GUARDS)
