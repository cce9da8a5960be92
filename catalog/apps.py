from __future__ import annotations

from django.apps import AppConfig

from lib import db_guards


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog import holdings, receivers  # noqa: F401
        from catalog.models import achievements, assignments

        holdings.register()
        guards = [*achievements.GUARDS, *assignments.GUARDS]
        db_guards.keep(self, guards)
