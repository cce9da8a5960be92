from __future__ import annotations

from django.apps import AppConfig

from lib import db_guards


class CredentialsConfig(AppConfig):
    name = "credentials"

    def ready(self) -> None:
        from credentials import evidence, holdings, receivers  # noqa: F401
        from credentials.models import (
            awards,
            credentials,
            endorsements,
            places,
            prior_learning,
            pursuits,
            transcripts,
        )
        from enrollment.prerequisites import evidence_comes_from

        evidence_comes_from(evidence.evidence_of)
        holdings.register()
        guarded = (
            *(awards, credentials, endorsements, places),
            *(prior_learning, pursuits, transcripts),
        )
        db_guards.keep(self, [guard for module in guarded for guard in module.GUARDS])
