from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lib import db_guards


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import holdings
        from accounts.models import GUARDS

        holdings.register()
        post_migrate.connect(db_guards.installer(GUARDS), sender=self, weak=False)
