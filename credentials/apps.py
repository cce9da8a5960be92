from __future__ import annotations

from django.apps import AppConfig

from lib import db_guards


class CredentialsConfig(AppConfig):
    name = "credentials"

    def ready(self) -> None:
        from credentials import evidence, holdings, receivers  # noqa: F401
        from credentials.models import awards, credentials, pursuits
        from enrollment.prerequisites import evidence_comes_from

        evidence_comes_from(evidence.evidence_of)
        holdings.register()
        guards = [*awards.GUARDS, *credentials.GUARDS, *pursuits.GUARDS]
        db_guards.keep(self, guards)
