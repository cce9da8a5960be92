from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lib import db_guards


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog import holdings, receivers  # noqa: F401
        from catalog.models import achievements, assignments

        holdings.register()
        guards = [*achievements.GUARDS, *assignments.GUARDS]
        post_migrate.connect(db_guards.installer(guards), sender=self, weak=False)
