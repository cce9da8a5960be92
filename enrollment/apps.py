from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lib import db_guards


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        from enrollment import holdings, places, receivers, recording  # noqa: F401
        from enrollment.models import GUARDS

        holdings.register()
        db_guards.keep(self, GUARDS)
        post_migrate.connect(places.install, sender=self)
        post_migrate.connect(recording.install, sender=self)
