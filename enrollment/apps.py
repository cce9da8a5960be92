from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lib import db_guards


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        from enrollment import receivers  # noqa: F401
        from enrollment.models import GUARDS

        post_migrate.connect(db_guards.installer(GUARDS), sender=self, weak=False)
