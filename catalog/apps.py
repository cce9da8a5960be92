from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lib import db_guards


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog import receivers  # noqa: F401
        from catalog.models.achievements import GUARDS

        post_migrate.connect(db_guards.installer(GUARDS), sender=self, weak=False)
